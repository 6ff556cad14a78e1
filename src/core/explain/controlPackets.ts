import type { Direction, PacketIndex, StreamIndex } from '../bytes/units';
import { ACK, AE, CWR, ECE, FIN, HEADER_BOGUS, HEADER_PORTS, RST, SYN } from '../decode/segment';
import type { CaptureModel } from '../query/captureModel';

/** A packet that opens or ends something. */
export interface ControlPacket {
  readonly packet: PacketIndex;
  readonly direction: Direction;
  readonly flags: number;
  readonly seq: number;
}

/** More than an honest stream ever has. */
const MOST = 1000;

/** The packets of a stream with SYN, FIN or RST that stand before `packet`, in file order. */
export class ControlReader {
  private known: { readonly stream: StreamIndex; readonly length: number; readonly found: readonly ControlPacket[] } | null = null;

  constructor(private readonly model: CaptureModel) {}

  before(stream: StreamIndex, packet: PacketIndex): readonly ControlPacket[] {
    const list = this.model.streamPackets.of(stream);
    if (this.known?.stream !== stream || this.known.length !== list.length) this.known = { stream, length: list.length, found: this.read(list) };
    return this.known.found.filter((control) => control.packet < packet);
  }

  private read(list: Uint32Array): readonly ControlPacket[] {
    const table = this.model.packets;
    const found: ControlPacket[] = [];
    for (const packet of list) {
      const flags = table.flags(packet);
      if (!(flags & (SYN | FIN | RST))) continue;
      const header = table.header(packet);
      if (header === HEADER_PORTS || header === HEADER_BOGUS) continue;
      found.push({ packet, direction: table.direction(packet), flags, seq: table.seq(packet) });
      if (found.length >= MOST) break;
    }
    return found;
  }
}

/** What the two SYNs agreed on about ECN: RFC 3168 6.1.1, RFC 9768 3.1.1; null when not both are in the capture. */
export function agreedEcn(controls: readonly ControlPacket[]): 'none' | 'classic' | 'accurate' | null {
  const answer = controls.findLast((c) => (c.flags & (SYN | ACK)) === (SYN | ACK));
  const syn = answer && controls.findLast((c) => (c.flags & (SYN | ACK)) === SYN && c.packet < answer.packet);
  if (!syn) return null;
  const asked = syn.flags & (AE | CWR | ECE);
  const said = answer.flags & (AE | CWR | ECE);
  if ((asked & (CWR | ECE)) !== (CWR | ECE)) return 'none';
  if (said === ECE || (asked & AE && said === (AE | ECE))) return 'classic';
  // All three bits sent back: a host that does not know them.
  return asked & AE && said !== 0 && said !== (AE | CWR | ECE) ? 'accurate' : 'none';
}
