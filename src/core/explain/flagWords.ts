/** How the tools print the flags of a TCP header, and the field that each word stands for. */

const LETTERS: Readonly<Record<string, string>> = {
  F: 'tcp.flags.fin', S: 'tcp.flags.syn', R: 'tcp.flags.reset', P: 'tcp.flags.push', '.': 'tcp.flags.ack', U: 'tcp.flags.urg', E: 'tcp.flags.ece', W: 'tcp.flags.cwr', e: 'tcp.flags.ae',
};

const WORDS: Readonly<Record<string, string>> = {
  FIN: 'tcp.flags.fin', SYN: 'tcp.flags.syn', RST: 'tcp.flags.reset', PSH: 'tcp.flags.push', ACK: 'tcp.flags.ack', URG: 'tcp.flags.urg', ECE: 'tcp.flags.ece', ECN: 'tcp.flags.ece', CWR: 'tcp.flags.cwr', AE: 'tcp.flags.ae', NS: 'tcp.flags.ae',
};

export interface FlagWord {
  readonly start: number;
  readonly end: number;
  /** Wireshark's name of the flag. */
  readonly filter: string;
}

/** The flag at an offset of a flags token: a letter of tcpdump, a name of tshark; null between them. */
export function flagAt(token: string, offset: number): FlagWord | null {
  const pattern = /^[FSRP.UEWe]+$/.test(token) ? /[FSRP.UEWe]/g : /[A-Z]{2,3}/g;
  for (const match of token.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const filter = match[0].length === 1 ? LETTERS[match[0]] : WORDS[match[0]];
    if (filter && offset >= match.index && offset < end) return { start: match.index, end, filter };
  }
  return null;
}
