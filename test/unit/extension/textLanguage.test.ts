import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Language {
  readonly id: string;
  readonly firstLine?: string;
  readonly configuration: string;
}
interface Grammar {
  readonly language: string;
  readonly path: string;
}
interface Rule {
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly patterns?: readonly Rule[];
  readonly captures?: Readonly<Record<string, Rule>>;
}

const root = process.cwd();
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { contributes } = read('package.json') as { readonly contributes: { readonly languages: readonly Language[]; readonly grammars: readonly Grammar[] } };

describe('the language of text captures', () => {
  const language = contributes.languages.find(({ id }) => id === 'tcpdump')!;

  it('claims what tcpdump and tshark print by its first line, and nothing else', () => {
    const first = new RegExp(language.firstLine!);
    const claimed = [
      '10:59:57.703411 IP 10.0.0.1.36444 > 10.0.0.2.6379: Flags [S], seq 3088237715, win 65495, length 0',
      '10:59:57.703411 lo    In  IP 127.0.0.1.36444 > 127.0.0.1.6379: Flags [S], seq 1, win 65495, length 0',
      '    1  10:59:57.703411 IP6 ::1.36444 > ::1.6379: Flags [S], seq 1, win 65495, length 0',
      '2024-03-01 10:59:57.703411 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 1, win 5, length 0',
      '1709290797.703411 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 1, win 5, length 0',
      '10:59:57.703411 aa:bb:cc:dd:ee:ff > 11:22:33:44:55:66, ethertype IPv4 (0x0800), length 74: 10.0.0.1.1 > 10.0.0.2.2: Flags [S]',
      '10:59:57.703411 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28',
      'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
      'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
      'reading from file a.pcap, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144',
      '    1   0.000000     10.0.0.1 → 10.0.0.2     TCP 74 40000 → 80 [SYN] Seq=0 Win=64240 Len=0',
      'Frame 1: 74 bytes on wire (592 bits), 74 bytes captured (592 bits)',
    ];
    for (const line of claimed) assert.ok(first.test(line), line);
    const others = [
      '2024-03-01 10:59:57.703411 INFO server started',
      '10:59:57.703411 [main] DEBUG o.a.Tomcat - IP 10.0.0.1',
      '10:59:57 IP address changed',
      'tcpdump is a packet analyser',
      'listening on port 8080',
      '# Frame 1: notes',
      '1 0.5 a b c',
      '',
    ];
    for (const line of others) assert.ok(!first.test(line), line);
    assert.ok(!first.test(`${'1'.repeat(50_000)} `), 'and takes no time over a long line');
  });

  it('has a grammar whose rules are there and can be read', () => {
    const grammar = read(contributes.grammars.find((g) => g.language === 'tcpdump')!.path) as { readonly patterns: readonly Rule[]; readonly repository: Readonly<Record<string, Rule>> };
    const visit = (rule: Rule): void => {
      for (const pattern of [rule.match, rule.begin, rule.end]) if (pattern !== undefined) assert.doesNotThrow(() => new RegExp(pattern), pattern);
      if (rule.include !== undefined) assert.ok(rule.include.slice(1) in grammar.repository, rule.include);
      for (const inner of [...(rule.patterns ?? []), ...Object.values(rule.captures ?? {})]) visit(inner);
    };
    for (const rule of [...grammar.patterns, ...Object.values(grammar.repository)]) visit(rule);
    assert.ok(read(language.configuration));
  });
});
