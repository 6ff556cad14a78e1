import { readFileSync } from 'node:fs';
import path from 'node:path';
import { backlogIsDiagnosed, closeIsFollowed, handshakeIsFollowed, keepAlivesAreInferred } from '../support/traceChecks';

const CORPUS = process.env.TCP_TRACE_CORPUS;

/** The fenced block of the article that starts so. */
function block(starts: string): string {
  const article = readFileSync(path.join(CORPUS!, 'seed/tcp-ip-notes.zh.md'), 'utf8');
  const found = article.split(/^```\w*\n/m).find((part) => part.startsWith(starts));
  if (!found) throw new Error(`no block that starts with ${starts}`);
  return found;
}

describe('the traces of the article', () => {
  if (!CORPUS) {
    it('are not here (TCP_TRACE_CORPUS is unset)');
    return;
  }
  it('give the states of the handshake', () => handshakeIsFollowed(block('root@')));
  it('give the states of the close in three segments', () => closeIsFollowed(block('07:04:52')));
  it('give the keep-alives before it by inference, and say why', () => keepAlivesAreInferred(block('07:04:52')));
  it('give a full accept queue', () => backlogIsDiagnosed(block('0.000')));
});
