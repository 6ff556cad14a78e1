import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: unknown;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly mac?: string; readonly linux?: string; readonly when?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string; readonly priority: string; readonly selector: readonly { readonly filenamePattern: string }[] }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly markdownDescription: string }>> };
    readonly languages: readonly { readonly id: string; readonly extensions?: readonly string[]; readonly firstLine?: string }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
  };
}

const root = process.cwd();
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

describe('package.json', () => {
  it('has a text for every %key%, and no text without a key', () => {
    const used = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...used].filter((key) => !(key in nls)), []);
    assert.deepEqual(Object.keys(nls).filter((key) => !used.has(key)), []);
  });

  it('conditions every keybinding on our editor or views, and binds no printable key', () => {
    for (const { command, key, mac, linux, when } of manifest.contributes.keybindings) {
      assert.match(when ?? '', /activeCustomEditorId/, command);
      for (const chord of [key, mac, linux].flatMap((k) => (k ? k.split(' ') : []))) {
        const parts = chord.split(/\+(?=.)/);
        const last = parts.pop()!;
        const named = last.length > 1;
        const modified = parts.includes('ctrl') || parts.includes('cmd');
        assert.ok(modified || (named && parts.includes('alt')) || /^f\d+$/.test(last), `${command}: ${chord}`);
      }
    }
  });

  it('uses in keybindings and menus only commands that it contributes', () => {
    const { commands, keybindings, menus } = manifest.contributes;
    const known = new Set(commands.map((c) => c.command));
    assert.equal(known.size, commands.length);
    const used = [...keybindings, ...Object.values(menus).flat()].map((entry) => entry.command);
    assert.deepEqual(used.filter((id) => !known.has(id)), []);
    assert.ok(commands.every((c) => c.category === 'TCP Trace'));
  });

  it('opens captures by default, and offers itself for what may be something else', () => {
    const patterns = (priority: string): string[] => manifest.contributes.customEditors.filter((e) => e.priority === priority).flatMap((e) => e.selector.map((s) => s.filenamePattern));
    for (const pattern of ['*.pcap', '*.pcapng', '*.pcap.gz', '*.pcapng.gz']) assert.ok(patterns('default').includes(pattern), pattern);
    assert.ok(patterns('default').some((pattern) => pattern.endsWith('*.tcpdump')));
    for (const pattern of ['*.cap', '*.dmp', '*.pcap[0-9]*', '*.txt', '*.log']) assert.ok(patterns('option').includes(pattern), pattern);
  });

  it('takes no extension from another language: ".ss" is Scheme\'s, what ss prints is told by its first line', () => {
    const { languages } = manifest.contributes;
    assert.ok(!languages.some(({ extensions }) => extensions?.includes('.ss')));
    const { firstLine } = languages.find(({ id }) => id === 'tcptrace-ss')!;
    assert.match(readFileSync(path.join(root, 'test/fixtures/system/listen-ss'), 'utf8').split('\n')[0]!, new RegExp(firstLine!));
  });

  it('names types of the VS Code version that it asks for, and files that are there', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']!}`);
    for (const { icon } of manifest.contributes.viewsContainers.activitybar) assert.ok(existsSync(path.join(root, icon)), icon);
  });
});
