/** Ports that captures commonly show (IANA service names), for "what is this port". The full registry comes with the filter. */
const NAMES: Readonly<Record<number, string>> = {
  20: 'ftp-data', 21: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 43: 'whois', 49: 'tacacs', 53: 'domain', 79: 'finger', 80: 'http', 88: 'kerberos', 102: 'iso-tsap',
  110: 'pop3', 111: 'sunrpc', 119: 'nntp', 139: 'netbios-ssn', 143: 'imap', 179: 'bgp', 389: 'ldap', 443: 'https', 445: 'microsoft-ds', 465: 'submissions', 502: 'mbap',
  514: 'shell', 554: 'rtsp', 587: 'submission', 636: 'ldaps', 646: 'ldp', 853: 'domain-s', 873: 'rsync', 989: 'ftps-data', 990: 'ftps', 993: 'imaps', 995: 'pop3s', 1080: 'socks',
  1433: 'ms-sql-s', 1521: 'ncube-lm', 1723: 'pptp', 1883: 'mqtt', 2049: 'nfs', 2181: 'eforward', 3128: 'ndl-aas', 3260: 'iscsi-target', 3306: 'mysql', 3389: 'ms-wbt-server',
  4840: 'opcua-tcp', 5060: 'sip', 5222: 'xmpp-client', 5269: 'xmpp-server', 5432: 'postgresql', 5672: 'amqp', 5900: 'rfb', 6379: 'redis', 6443: 'sun-sr-https', 6667: 'ircu',
  8080: 'http-alt', 8443: 'pcsync-https', 8883: 'secure-mqtt', 9042: 'cassandra', 9092: 'XmlIpcRegSvc', 9200: 'wap-wsp', 11211: 'memcache', 27017: 'mongodb',
};

/** Registered service name of a TCP port, or the empty string. */
export function portName(port: number): string {
  return NAMES[port] ?? '';
}
