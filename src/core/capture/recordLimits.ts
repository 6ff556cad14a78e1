/**
 * Longest captured length that is believed, by link type: a longer one means that the file is damaged. The same limits as Wireshark's,
 * so that both stop at the same record.
 */
const MAX_PACKET = 262144;
const MAX_PACKET_USB = 128 * 1024 * 1024;
const MAX_PACKET_DBUS = 128 * 1024 * 1024;
const MAX_PACKET_EBHSCR = 32 * 1024 * 1024;

export function maxCapturedLength(linkType: number): number {
  switch (linkType) {
    case 231: // D-Bus
      return MAX_PACKET_DBUS;
    case 279: // Elektrobit high speed capture and replay
      return MAX_PACKET_EBHSCR;
    case 249: // USBPcap
      return MAX_PACKET_USB;
    default:
      return MAX_PACKET;
  }
}

/** Longest pcapng block that is read as a whole. */
export const MAX_BLOCK = MAX_PACKET_DBUS + 131072 + 32;
