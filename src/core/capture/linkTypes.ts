/** Names of link types that captures commonly carry (tcpdump.org link-type registry), for display. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'NULL', 1: 'Ethernet', 6: 'Token Ring', 7: 'ARCNET', 8: 'SLIP', 9: 'PPP', 10: 'FDDI', 12: 'Raw IP', 14: 'Raw IP', 50: 'PPP in HDLC framing',
  51: 'PPPoE', 101: 'Raw IP', 104: 'Cisco HDLC', 105: 'IEEE 802.11', 107: 'Frame Relay', 108: 'LOOP', 113: 'Linux cooked (SLL)', 119: 'Prism + 802.11',
  127: 'Radiotap + 802.11', 129: 'ARCNET (Linux)', 163: 'AVS + 802.11', 187: 'Bluetooth HCI', 189: 'USB (Linux)', 192: 'PPI', 195: 'IEEE 802.15.4', 220: 'USB (Linux, mmapped)',
  228: 'IPv4', 229: 'IPv6', 239: 'NFLOG', 242: 'IP over InfiniBand', 253: 'Netlink', 271: 'vsock', 276: 'Linux cooked v2 (SLL2)',
};

/** "Ethernet", or "link type 147" for one without a name here. */
export function linkTypeName(linkType: number): string {
  return NAMES[linkType] ?? `link type ${linkType}`;
}
