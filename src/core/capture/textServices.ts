/** TCP service names as writers' services files spell them (IANA and common aliases): `name port`, ordered by port. */
const SERVICES =
  'tcpmux 1;echo 7;discard 9;systat 11;daytime 13;netstat 15;qotd 17;chargen 19;ftp-data 20;ftp 21;ssh 22;telnet 23;smtp 25;time 37;' +
  'whois 43;tacacs 49;domain 53;gopher 70;finger 79;http 80;www 80;www-http 80;hosts2-ns 81;kerberos 88;kerberos-sec 88;iso-tsap 102;' +
  'acr-nema 104;poppassd 106;pop-3 110;pop3 110;sunrpc 111;auth 113;ident 113;nntp 119;epmap 135;netbios-ns 137;netbios-ssn 139;' +
  'imap 143;imap2 143;snmp 161;snmp-trap 162;cmip-man 163;cmip-agent 164;mailq 174;bgp 179;smux 199;qmtp 209;z3950 210;pawserv 345;' +
  'zserv 346;rpc2portmap 369;codaauth2 370;ldap 389;svrloc 427;https 443;snpp 444;microsoft-ds 445;kpasswd 464;submissions 465;' +
  'saft 487;exec 512;login 513;cmd 514;rsh 514;shell 514;printer 515;gdomap 538;uucp 540;klogin 543;kshell 544;afpovertcp 548;' +
  'rtsp 554;nntps 563;submission 587;ipcserver 600;nqs 607;qmqp 628;ipp 631;ldaps 636;ldp 646;tinc 655;silc 706;kerberos-adm 749;' +
  'kerberos4 750;kerberos-master 751;krb-prop 754;moira-db 775;moira-update 777;spamd 783;mdbs_daemon 800;domain-s 853;iscsi 860;' +
  'supfilesrv 871;rsync 873;ftps-data 989;ftps 990;telnets 992;imaps 993;pop3s 995;socks 1080;proofd 1093;rootd 1094;rmiregistry 1099;' +
  'supfiledbg 1127;skkserv 1178;openvpn 1194;rmtcfg 1236;xtel 1313;xtelw 1314;lotusnote 1352;ms-sql-s 1433;ncube-lm 1521;' +
  'ingreslock 1524;datametrics 1645;sa-msg-port 1646;kermit 1649;groupwise 1677;h323hostcall 1720;pptp 1723;radius 1812;' +
  'radius-acct 1813;mqtt 1883;macromedia-fcs 1935;rtmp 1935;cisco-sccp 2000;nfs 2049;gnunet 2086;rtcm-sc104 2101;gsigatekeeper 2119;' +
  'iprop 2121;gris 2135;eforward 2181;etcd-client 2379;etcd-server 2380;ms-olap4 2383;cvspserver 2401;venus 2430;venus-se 2431;' +
  'codasrv 2432;codasrv-se 2433;mon 2583;zebrasrv 2600;zebra 2601;ripd 2602;ripngd 2603;ospfd 2604;bgpd 2605;ospf6d 2606;ospfapi 2607;' +
  'isisd 2608;dict 2628;f5-globalsite 2792;gsiftp 2811;icslap 2869;gpsd 2947;hbci 3000;gds-db 3050;isns 3205;iscsi-target 3260;' +
  'mysql 3306;ms-wbt-server 3389;stun 3478;nut 3493;distcc 3632;daap 3689;svn 3690;suucp 4031;sysrqd 4094;sieve 4190;f5-iquery 4353;' +
  'epmd 4369;remctl 4373;ntske 4460;fax 4557;hylafax 4559;mtn 4691;radmin-port 4899;munin 4949;commplex-main 5000;commplex-link 5001;' +
  'sip 5060;sip-tls 5061;xmpp 5222;xmpp-client 5222;xmpp-server 5269;cfengine 5308;postgresql 5432;personal-agent 5555;rplay 5555;' +
  'freeciv 5556;nrpe 5666;nsca 5667;amqps 5671;amqp 5672;canna 5680;rfb 5900;vnc-server 5900;wsman 5985;wsmans 5986;x11 6000;' +
  'x11-1 6001;x11-2 6002;x11-3 6003;x11-4 6004;x11-5 6005;x11-6 6006;x11-7 6007;gnutella-svc 6346;gnutella-rtr 6347;redis 6379;' +
  'sge-qmaster 6444;sge-execd 6445;mysql-proxy 6446;syslog-tls 6514;sane-port 6566;ircd 6667;ircs-u 6697;afs3-fileserver 7000;' +
  'afsfs 7000;bbs 7000;afs3-callback 7001;font-service 7100;openmanage 7273;cbt 7777;irdmi 8000;teradataordbms 8002;zope-ftp 8021;' +
  'http-alt 8080;http-proxy 8080;webcache 8080;sunproxyadmin 8081;tproxy 8081;us-cli 8082;omniorb 8088;puppet 8140;https-alt 8443;' +
  'pcsync-https 8443;secure-mqtt 8883;ddi-tcp-1 8888;sun-answerbook 8888;clc-build-daemon 8990;cslistener 9000;cassandra 9042;' +
  'websm 9090;zeus-admin 9090;xinetd 9098;jetdirect 9100;pdl-datastream 9100;bacula-dir 9101;bacula-fd 9102;bacula-sd 9103;' +
  'wap-wsp 9200;git 9418;xmms2 9667;zope 9673;webmin 10000;zabbix-agent 10050;zabbix-trapper 10051;amanda 10080;kamanda 10081;' +
  'amandaidx 10082;amidxtape 10083;nbd 10809;dicom 11112;hkp 11371;italk 12345;sgi-cad 17004;db-lsp 17500;dcap 22125;gsidcap 22128;' +
  'wnn6 22273;binkp 24554;mongodb 27017;asp 27374;csync2 30865;dircproxy 57000;tfido 60177;fido 60179';

/** Service name -> TCP port. */
export const SERVICE_PORTS: ReadonlyMap<string, number> = new Map(
  SERVICES.split(';').map((entry): [string, number] => {
    const space = entry.indexOf(' ');
    return [entry.slice(0, space), Number(entry.slice(space + 1))];
  }),
);
