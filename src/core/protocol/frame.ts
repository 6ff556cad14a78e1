import { derived } from './define';
import type { HeaderSpec } from './fieldSpec';

/** What the capture file says about a packet; nothing of it is on the wire. */
export const FRAME: HeaderSpec = {
  id: 'frame', label: 'Frame', filter: 'frame', rfc: 'draft-ietf-opsawg-pcap', doc: 'What the capture file records about this packet.',
  story: 'The number and the time come from the capturing machine. The time is taken when the kernel saw the packet, which may be later than its arrival by queues and interrupt delays.',
  fields: [
    derived('number', 'Frame number', 'frame.number', 0, 0, 'dec', 'draft-ietf-opsawg-pcap', 'Position of the packet in the file, from 1.', 'It depends on the file alone: a filtered copy of a capture numbers its packets anew.'),
    derived('time', 'Arrival time', 'frame.time', 0, 0, 'text', 'draft-ietf-opsawg-pcap 4', 'When the packet was captured.', 'By the clock of the capturing machine. Outgoing packets are stamped before they leave, and with segmentation offload one stamp covers many packets on the wire.'),
    derived('length', 'Length on the wire', 'frame.len', 0, 0, 'dec', 'draft-ietf-opsawg-pcap 4', 'How many bytes the frame had.', 'A capture taken on the sender may show frames larger than the MTU: they are split later, in the network card.'),
    derived('capturedLength', 'Captured length', 'frame.cap_len', 0, 0, 'dec', 'draft-ietf-opsawg-pcap 4', 'How many bytes of the frame are in the file.', 'Less than the length on the wire when the snap length of the capture (tcpdump -s) cut it. Headers still tell the true lengths.'),
    derived('linkType', 'Link type', '', 0, 0, 'dec', 'draft-ietf-opsawg-pcaplinktype', 'Which kind of header the frame starts with.', 'It belongs to the interface that was captured on.'),
    derived('fragments', 'Reassembled from', 'ip.fragment', 0, 0, 'text', 'RFC 791 3.2', 'Frames whose fragments make up the datagram.', 'The packet stands at the frame that completed it; the others are listed as fragments.'),
  ],
};

/** Bytes behind the IP packet that are no part of it, and bytes that nothing here decodes. */
export const PADDING: HeaderSpec = {
  id: 'padding', label: 'Padding', filter: 'eth.padding', rfc: 'IEEE 802.3 3.2.7', doc: 'Bytes after the end of the packet.',
  story: 'Ethernet frames have at least 60 bytes without check sequence, so short packets are filled up; some devices also append trailers. They do not belong to the packet: counting them as TCP data is a classic mistake. Values other than zero used to leak old memory (CVE-2003-0001).',
  fields: [],
};
export const FCS: HeaderSpec = {
  id: 'fcs', label: 'Frame check sequence', filter: 'eth.fcs', rfc: 'IEEE 802.3 3.2.9', doc: 'CRC of the Ethernet frame.',
  story: 'Network cards check and remove it, so it is seldom in a capture; the file says when it is. A wrong one means damage on the cable or in a switch port.',
  fields: [],
};
export const DATA: HeaderSpec = {
  id: 'data', label: 'Data', filter: 'data', rfc: 'RFC 791', doc: 'Bytes that are not decoded here.',
  story: 'They belong to a protocol other than those that lead to TCP, to a fragment, or to an encrypted payload.',
  fields: [],
};
export const CARRIER: HeaderSpec = {
  id: 'carrier', label: 'Carrier header', rfc: 'IEEE 802', doc: 'A header between link layer and network layer, shown as bytes.',
  story: 'It leads on to the next header, whose place is known, but its fields are not broken down.',
  fields: [],
};
