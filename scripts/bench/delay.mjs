// A TCP proxy that adds latency, as a connection over SSH to a far machine has.
import net from 'node:net';

/** Sends what comes in on to `target`, each way `delayMs` later. Returns the port and a way to end it. */
export async function delayProxy(target, delayMs) {
  const sockets = new Set();
  const forward = (from, to) => {
    // Timers of equal length fire in order, so bytes keep theirs.
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs));
    from.on('end', () => setTimeout(() => to.end(), delayMs));
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
  };
  const server = net.createServer({ noDelay: true }, (near) => {
    const far = net.connect({ port: target, host: '127.0.0.1', noDelay: true });
    sockets.add(near).add(far);
    forward(near, far);
    forward(far, near);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
