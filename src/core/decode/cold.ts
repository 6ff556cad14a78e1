import type { CapturedRecord } from '../capture/captureReader';
import { linkTypeName } from '../capture/linkTypes';
import { t } from '../l10n';
import type { HeaderSpec } from '../protocol/fieldSpec';
import { DATA, FCS, FRAME, PADDING } from '../protocol/frame';
import { finalDestination, type Addresses } from './coldChecksum';
import { shortHex } from './coldFields';
import { addStep, carrier, type Step } from './coldLayers';
import { addTcp, type TcpContext } from './coldTcp';
import { addDerived, type Node, type Span, TreeBuilder } from './coldTree';
import type { DetailTree } from './detail';
import { step as walkOn } from './frameDecoder';
import { FrameWalk, LAYER_ETHERTYPE, LAYER_IP, LAYER_IPV4, LAYER_IPV6, LAYER_IP_PROTOCOL, LAYER_LLC, LAYER_NONE, LAYER_RADIOTAP, LAYER_TCP, LAYER_WLAN } from './frameWalk';

/** What the cold pass needs of a record; a CapturedRecord is one. */
export type DetailRecord = Pick<CapturedRecord, 'bytes' | 'start' | 'end' | 'originalLength' | 'linkType' | 'fcsLength'> & Partial<Pick<CapturedRecord, 'textSegment' | 'notAPacket' | 'otherProtocol'>>;

/** What the tables know of a packet and its bytes do not tell. All of it optional. */
export interface DetailContext extends TcpContext {
  readonly frameNumber?: number;
  /** The time as it is to be shown. */
  readonly timeText?: string;
  /** The datagram that this packet's fragments make up: its IP header, then the payload (FrameDecoder.datagram). */
  readonly datagram?: Uint8Array;
  /** Frame numbers of those fragments. */
  readonly fragmentFrames?: readonly number[];
  /** Name behind an interned host id of a text capture. */
  readonly hostName?: (id: number) => string;
}

const MAX_WIRE_LENGTH = 0x7fffffff;

/** A step as traced, with what only the assembly needs. */
interface TracedStep extends Step {
  /** First step of a further payload of the frame. */
  readonly branch: boolean;
  readonly quoted: boolean;
  /** End of the layer that follows, in the same buffer. */
  readonly nextWire: number;
  /** Index of the segment that the hot pass kept for this TCP header; -1: none. */
  readonly segment: number;
}

interface Trace {
  readonly steps: readonly TracedStep[];
  readonly row: number;
  readonly fragment: boolean;
  readonly malformed: boolean;
}

/**
 * Decodes one packet into a tree of layers, fields and options with byte ranges (the cold pass). It walks the same headers as
 * FrameDecoder, one frame at a time. Never throws on data: what is missing or wrong becomes an issue.
 */
export function buildDetail(record: DetailRecord, context: DetailContext = {}): DetailTree {
  const tree = new TreeBuilder();
  const bytes = record.bytes.slice(record.start, record.end);
  tree.bufferOf(bytes, record.textSegment ? t('Source text') : t('Frame'));
  addFrame(tree, record, bytes, context);
  if (record.notAPacket === true || (record.otherProtocol ?? -1) >= 0) return { buffers: tree.buffers, layers: tree.layers, tcp: null, issues: tree.issues };
  const wire = Math.min(MAX_WIRE_LENGTH, Math.max(bytes.length, record.originalLength)) - (record.linkType === 1 ? record.fcsLength : 0);
  const walk = new FrameWalk(false, false);
  walk.start(bytes, 0, Math.min(bytes.length, Math.max(0, wire)), Math.max(0, wire), 0, record.linkType);
  const trace = follow(tree, walk);
  let tcp = assemble(tree, trace, context);
  if (!tcp && context.datagram && trace.fragment) tcp = addDatagram(tree, trace, context.datagram, context);
  if (record.linkType === 1 && record.fcsLength > 0 && wire >= 0 && wire < bytes.length) addBytes(tree, FCS, { buffer: 0, bytes, at: wire, captured: bytes.length, wire: bytes.length, partial: false });
  return { buffers: tree.buffers, layers: tree.layers, tcp, issues: tree.issues };
}

function addFrame(tree: TreeBuilder, record: DetailRecord, bytes: Uint8Array, context: DetailContext): void {
  const length = Math.max(record.originalLength, bytes.length);
  const span: Span = { buffer: 0, bytes, at: 0, captured: bytes.length, wire: length, partial: false };
  const layer = tree.open(FRAME, span, bytes.length, bytes.length < length ? t('{0} of {1} bytes captured', bytes.length, length) : t('{0} bytes', length));
  if (context.frameNumber !== undefined) addDerived(layer, FRAME, 'number', String(context.frameNumber), context.frameNumber);
  if (context.timeText !== undefined) addDerived(layer, FRAME, 'time', context.timeText, null);
  addDerived(layer, FRAME, 'length', t('{0} bytes', length), length);
  addDerived(layer, FRAME, 'capturedLength', t('{0} bytes', bytes.length), bytes.length);
  addDerived(layer, FRAME, 'linkType', `${t(linkTypeName(record.linkType))} (${record.linkType})`, record.linkType);
}

/** The datagram that was put together from fragments, in a buffer of its own. */
function addDatagram(tree: TreeBuilder, frame: Trace, datagram: Uint8Array, context: DetailContext): Node | null {
  const bytes = datagram.slice();
  const buffer = tree.bufferOf(bytes, t('Reassembled datagram'));
  const layer = tree.open(FRAME, { buffer, bytes, at: 0, captured: bytes.length, wire: bytes.length, partial: false }, bytes.length, t('{0} bytes', bytes.length), 'reassembled');
  layer.label = t('Reassembled datagram');
  layer.filter = '';
  if (context.fragmentFrames) addDerived(layer, FRAME, 'fragments', t('frames {0}', context.fragmentFrames.join(', ')), null);
  const walk = new FrameWalk(false, false);
  walk.start(bytes, 0, bytes.length, bytes.length, 0, 0);
  const last = frame.steps.at(-1)?.layer;
  // 802.11 joins what stands behind its own header; everything else joins IP.
  walk.layer = last === LAYER_WLAN || last === LAYER_RADIOTAP ? LAYER_LLC : LAYER_IP;
  walk.reassembled = true;
  return assemble(tree, follow(tree, walk), context);
}

/** Walks to the end, noting each step. */
function follow(tree: TreeBuilder, walk: FrameWalk): Trace {
  const steps: TracedStep[] = [];
  let branch = false;
  let dst: Addresses['dst'] | null = null;
  do {
    for (;;) {
      const { layer, type, bytes, at, captured, wire, quoted, partial, count, family } = walk;
      const span: Span = { buffer: tree.bufferOf(bytes, t('Decompressed datagram')), bytes, at, captured: Math.min(captured, bytes.length), wire, partial: quoted || partial };
      if (layer === LAYER_IPV4 || layer === LAYER_IPV6) dst = null;
      if (layer === LAYER_IP_PROTOCOL && type === 43) dst = finalDestination(bytes, at, span.captured, family);
      const addresses: Addresses = { family, src: [walk.src0, walk.src1, walk.src2, walk.src3], dst: dst ?? [walk.dst0, walk.dst1, walk.dst2, walk.dst3] };
      if (!walkOn(walk)) break;
      const same = walk.bytes === bytes;
      const goesOn = walk.layer !== LAYER_NONE;
      steps.push({
        layer, type, span, addresses, branch, quoted, goesOn,
        nextAt: same && goesOn ? walk.at : at,
        nextWire: same ? walk.wire : wire,
        segment: walk.count > count ? count : -1,
      });
      branch = false;
    }
    branch = true;
  } while (walk.nextBranch());
  return { steps, row: walk.row, fragment: walk.fragment, malformed: walk.malformed };
}

/** Turns steps into layers. Returns the layer of the row's TCP header. */
function assemble(tree: TreeBuilder, { steps, row, malformed }: Trace, context: DetailContext): Node | null {
  let tcp: Node | null = null;
  let end = 0;
  const trailers: { readonly span: Span; readonly spec: HeaderSpec }[] = [];
  const issuesBefore = tree.issues.length;
  steps.forEach((step, i) => {
    const previous = steps[i - 1];
    if (previous?.span.buffer !== step.span.buffer) end = step.span.at;
    // What leads to the next header without a table of its own: extra addresses, tags, attributes.
    else if (step.span.at > end && end < step.span.captured) carrier(tree, { ...step.span, at: end }, Math.min(step.span.at, step.span.captured) - end, step.branch ? t('Attributes') : '');
    if (step.layer === LAYER_TCP) {
      if (step.segment >= 0 || step.span.wire - step.span.at < 4 || step.span.captured - step.span.at < 4) {
        const isRow = step.segment >= 0 && step.segment === row;
        const layer = addTcp(tree, { span: step.span, addresses: step.addresses, base: isRow ? 'tcp' : step.quoted ? 'quoted.tcp' : 'other.tcp' }, isRow ? context : {});
        if (isRow) tcp = layer;
      }
      end = Math.min(step.span.captured, step.span.wire);
      return;
    }
    end = addStep(tree, step);
    noteTrailer(step, trailers);
    const next = steps[i + 1];
    if (!step.goesOn && !next?.branch) addRest(tree, step, end);
  });
  if (malformed && !tree.issues.slice(issuesBefore).some((issue) => issue.kind === 'malformed')) {
    const last = tree.layers.at(-1);
    const step = steps.at(-1);
    if (last && step) tree.issue(last, 'malformed', step.span.at, 1, Math.max(0, step.span.captured - step.span.at), t('What follows here is no header that makes sense.'));
  }
  for (const { span, spec } of trailers.reverse()) addBytes(tree, spec, span);
  return tcp;
}

/** A header that says where its payload ends leaves a trailer behind it. */
function noteTrailer(step: TracedStep, trailers: { readonly span: Span; readonly spec: HeaderSpec }[]): void {
  const { span, nextWire, layer, type } = step;
  const from = Math.max(nextWire, span.at);
  if (nextWire >= span.wire || from >= span.captured) return;
  const isCheck = layer === LAYER_RADIOTAP || (layer === LAYER_ETHERTYPE && type === 0x8903);
  trailers.push({ span: { ...span, at: from }, spec: isCheck ? FCS : layer === LAYER_ETHERTYPE && type === 0x88e5 ? DATA : PADDING });
}

/** What stands behind the last header, or the note that nothing of it was captured. */
function addRest(tree: TreeBuilder, step: TracedStep, end: number): void {
  const { span } = step;
  const wire = Math.min(span.wire, step.nextWire);
  if (end < Math.min(span.captured, wire)) {
    addBytes(tree, DATA, { ...span, at: end, captured: Math.min(span.captured, wire), wire });
    return;
  }
  const last = tree.layers.at(-1);
  // The header at hand was complete, and the next one is behind the cut.
  if (last && end < wire && span.captured <= end && last.children.every((c) => c.kind !== 'issue')) {
    tree.issue(last, 'cut', span.captured, wire - end, 0, t('The capture ends after {0} (snap length): {1} more bytes were on the wire.', last.label, wire - end));
  }
}

function addBytes(tree: TreeBuilder, spec: HeaderSpec, span: Span): void {
  const length = span.captured - span.at;
  const layer = tree.open(spec, span, length, shortHex(span.bytes, span.at, length));
  layer.kind = 'payload';
}
