import { NO_PACKET } from '../../bytes/units';
import { KNOWN_TIME } from '../../decode/segment';
import { META_NO_TIME, META_NOT_A_PACKET, type PacketBlock } from '../../table/packetTable';
import type { FilterField, NumberColumn } from './field';

const hasTime = (block: PacketBlock, i: number): boolean => !(block.meta[i]! & META_NO_TIME) && ((block.known?.[i] ?? KNOWN_TIME) & KNOWN_TIME) !== 0;

const time: NumberColumn = (block, i) => (hasTime(block, i) ? block.time[i]! : NaN);

const rests = (): NumberColumn => (block, i) => block.timeRest?.[i] ?? 0;

/** Text captures do not tell how long frames were. */
const binaryOnly = (column: NumberColumn) => (model: { readonly reader: { readonly info: { readonly text?: unknown } } }): NumberColumn => (model.reader.info.text ? () => NaN : column);

/** What the capture file says of a frame. */
export const FRAME_FIELDS: readonly FilterField[] = [
  { name: 'frame', type: 'header', doc: 'The frame; its captured bytes', scope: 'frame', bytesOf: 'frame' },
  { name: 'frame.headers', type: 'bytes', doc: 'Bytes of the frame before the TCP payload (not in Wireshark)', scope: 'frame', bytesOf: 'headers' },
  { name: 'frame.number', type: 'number', bits: 32, doc: 'Number of the frame in the file, from 1', scope: 'frame', columns: () => (_, __, packet) => packet + 1 },
  { name: 'frame.time', type: 'time', doc: 'When the frame was captured, as a date', scope: 'frame', columns: () => time, rests },
  { name: 'frame.time_epoch', type: 'epoch', doc: 'When the frame was captured, in seconds since 1970', scope: 'frame', columns: () => time, rests },
  { name: 'frame.time_relative', type: 'duration', doc: 'Seconds since the first frame', scope: 'frame', columns: () => time, rests },
  {
    name: 'frame.time_delta', type: 'duration', doc: 'Seconds since the frame before', scope: 'frame',
    columns: ({ packets }) => (block, i, packet) => {
      if (!hasTime(block, i)) return NaN;
      if (packet === 0) return 0;
      const before = packets.block(packet - 1);
      const at = i > 0 ? i - 1 : before.time.length - 1;
      return hasTime(before, at) ? packets.timeBetween(packet - 1, packet)[0] : 0;
    },
    rests: ({ packets }) => (_, __, packet) => packets.timeBetween(packet - 1, packet)[1],
  },
  { name: 'frame.len', type: 'number', bits: 32, doc: 'Bytes of the frame on the wire', scope: 'frame', columns: binaryOnly((block, i) => block.originalLength[i]!) },
  { name: 'frame.cap_len', type: 'number', bits: 32, doc: 'Bytes of the frame in the capture', scope: 'frame', columns: binaryOnly((block, i) => block.capturedLength[i]!) },
  {
    name: 'frame.interface_id', type: 'number', bits: 32, doc: 'Number of the interface in the file, from 0', scope: 'frame',
    columns: ({ reader }) => (reader.info.format === 'pcapng' ? (block, i) => (block.meta[i]! & META_NOT_A_PACKET ? NaN : (block.interfaceIndex?.[i] ?? 0)) : () => NaN),
  },
  {
    name: 'frame.interface_name', type: 'text', doc: 'Name of the interface', scope: 'frame',
    rowValues: ({ reader }) => (block, i) => {
      const name = block.meta[i]! & META_NOT_A_PACKET ? '' : (reader.info.interfaces[block.interfaceIndex?.[i] ?? 0]?.name ?? '');
      return name === '' ? null : name;
    },
  },
  { name: 'frame.protocols', type: 'text', doc: 'Protocols of the frame, outermost first, down to TCP: eth:ethertype:ip:tcp', scope: 'frame', ofRow: (row) => row.protocols },
  { name: 'frame.comment', type: 'text', doc: 'Comments on the packet (pcapng)', scope: 'frame', ofRecord: (record) => record.comments },
];

/** For columns that hold a packet's number or NO_PACKET. */
export function frameNumber(packet: number): number {
  return packet === NO_PACKET ? NaN : packet + 1;
}
