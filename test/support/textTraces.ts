/** Traces of the kinds that articles and bug reports hold, made up line by line. */

const CLIENT = 'localhost.50122';
const SERVER = 'localhost.6390';

const stamps = (val: number, ecr: number): string => `options [nop,nop,TS val ${val} ecr ${ecr}], length 0`;

/** A handshake as `tcpdump -i any -S` prints it, shell prompt and banner included. */
export const HANDSHAKE_TEXT = [
  'root@box:/# tcpdump -i any tcp port 6390 -S',
  'tcpdump: verbose output suppressed, use -v or -vv for full protocol decode',
  'listening on any, link-type LINUX_SLL (Linux cooked), capture size 262144 bytes',
  `09:00:01.000100 IP ${CLIENT} > ${SERVER}: Flags [S], seq 700100200, win 43690, options [mss 65495,sackOK,TS val 5000100 ecr 0,nop,wscale 7], length 0`,
  `09:00:01.000190 IP ${SERVER} > ${CLIENT}: Flags [S.], seq 3100200300, ack 700100201, win 43690, options [mss 65495,sackOK,TS val 5000100 ecr 5000100,nop,wscale 7], length 0`,
  `09:00:01.000225 IP ${CLIENT} > ${SERVER}: Flags [.], ack 3100200301, win 342, ${stamps(5000100, 5000100)}`,
].join('\n');

/** An idle connection kept alive every 15.3 s by ACKs that print no number, then closed with three segments. */
export const KEEP_ALIVE_AND_CLOSE_TEXT = [
  `09:10:00.517203 IP ${SERVER} > ${CLIENT}: Flags [.], ack 700100218, win 342, ${stamps(5150272, 5141312)}`,
  `09:10:15.843078 IP ${CLIENT} > ${SERVER}: Flags [.], ack 3100211790, win 1427, ${stamps(5151808, 5150272)}`,
  `09:10:15.843136 IP ${SERVER} > ${CLIENT}: Flags [.], ack 700100218, win 342, ${stamps(5151808, 5141312)}`,
  `09:10:31.202386 IP ${CLIENT} > ${SERVER}: Flags [.], ack 3100211790, win 1427, ${stamps(5153344, 5151808)}`,
  `09:10:31.202425 IP ${SERVER} > ${CLIENT}: Flags [.], ack 700100218, win 342, ${stamps(5153344, 5141312)}`,
  `09:10:46.529675 IP ${CLIENT} > ${SERVER}: Flags [.], ack 3100211790, win 1427, ${stamps(5154880, 5153344)}`,
  `09:10:46.529706 IP ${SERVER} > ${CLIENT}: Flags [.], ack 700100218, win 342, ${stamps(5154880, 5141312)}`,
  `09:15:34.796243 IP ${CLIENT} > ${SERVER}: Flags [F.], seq 700100218, ack 3100211790, win 1427, ${stamps(5183737, 5182528)}`,
  `09:15:34.796488 IP ${SERVER} > ${CLIENT}: Flags [F.], seq 3100211790, ack 700100219, win 342, ${stamps(5183737, 5183737)}`,
  `09:15:34.796519 IP ${CLIENT} > ${SERVER}: Flags [.], ack 3100211791, win 1427, ${stamps(5183737, 5183737)}`,
].join('\n');

const C = '127.0.0.1 -> 127.0.0.1  TCP';
const data = (time: string): string => `${time}  ${C} 71 [TCP Retransmission] 40022 > 8999 [PSH, ACK] Seq=1 Ack=1 Len=5`;
const again = (time: string, of: number): string => `${time}  ${C} 74 8999 > 40022 [SYN, ACK] Seq=0 Ack=1 Len=0\n${time}  ${C} 66 [TCP Dup ACK ${of}#1] 40022 > 8999 [ACK] Seq=6 Ack=1 Len=0`;

/** A connection that a full accept queue never lets in, as tshark lists it: relative numbers, its own labels, neither windows nor options. */
export const BACKLOG_TEXT = [
  `0.000  ${C} 74 40022 > 8999 [SYN] Seq=0 Len=0`,
  `0.000  ${C} 74 8999 > 40022 [SYN, ACK] Seq=0 Ack=1 Len=0`,
  `0.000  ${C} 66 40022 > 8999 [ACK] Seq=1 Ack=1 Len=0`,
  `0.000  ${C} 71 40022 > 8999 [PSH, ACK] Seq=1 Ack=1 Len=5`,
  data('0.208'), data('0.624'), again('1.200', 6), data('1.456'), data('3.120'), again('3.400', 10), data('6.460'), again('7.600', 13),
  data('13.132'), again('15.600', 16), data('26.492'), again('31.600', 19), data('53.180'), data('106.492'),
  `106.492  ${C} 54 8999 > 40022 [RST] Seq=1 Len=0`,
].join('\n');
