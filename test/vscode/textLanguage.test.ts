import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, closeAll, Scratch } from './harness';

/** The language of text captures in VS Code's own text editor. */
describe('text captures as a language', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(async () => {
    await closeAll();
    scratch.remove();
  });

  /** Opens the fixture as text. */
  async function open(name = 'redis_session.tcpdump'): Promise<vscode.TextDocument> {
    await api();
    const document = await vscode.workspace.openTextDocument(scratch.copy(name));
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }

  /** Position of `text` in a line (from 1), `offset` characters into it. */
  function at(document: vscode.TextDocument, line: number, text: string, offset = 0): vscode.Position {
    const column = document.lineAt(line - 1).text.indexOf(text);
    assert.ok(column >= 0, `line ${line} holds ${text}`);
    return new vscode.Position(line - 1, column + offset);
  }

  async function hover(document: vscode.TextDocument, position: vscode.Position): Promise<{ readonly text: string; readonly range: string }> {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    const text = hovers.flatMap((h) => h.contents.map((c) => (c as vscode.MarkdownString).value)).join('\n');
    // What appendText escapes is what a person reads without the escapes.
    return { text: text.replace(/\\([^\w\s])/g, '$1').replace(/&nbsp;|\u00a0/g, ' '), range: hovers[0]?.range ? document.getText(hovers[0].range) : '' };
  }

  async function lines(command: string, document: vscode.TextDocument, position: vscode.Position): Promise<number[]> {
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(command, document.uri, position);
    return found.map((f) => ('targetUri' in f ? f.targetRange : f.range).start.line + 1);
  }

  it('gives *.tcpdump the language, and text that begins like tcpdump output', async () => {
    const document = await open();
    assert.equal(document.languageId, 'tcpdump');
    const named = await vscode.workspace.openTextDocument(scratch.copy('redis_session.tcpdump', 'trace'));
    assert.equal(named.languageId, 'tcpdump');
    const plain = await vscode.workspace.openTextDocument(scratch.copy('redis_session.tcpdump', 'trace.txt'));
    assert.equal(plain.languageId, 'plaintext', 'a .txt stays what it is');
  });

  it('explains every token with the values of its packet', async () => {
    const document = await open();
    const cases: [line: number, text: string, offset: number, range: string, expected: RegExp][] = [
      [5, '10:59:57', 3, '10:59:57.703642', /13 µs after the previous packet of its stream/],
      [5, 'lo', 0, 'lo', /loopback interface/],
      [5, 'In', 0, 'In', /Addressed to the capturing machine/],
      [5, '127.0.0.1.6379', 2, '127.0.0.1', /The server of stream 0/],
      [5, '.6379', 2, '6379', /registered for redis/],
      [2, '[S.]', 1, 'S', /initial one of the server[^]*SYN-RECEIVED/],
      [2, '[S.]', 2, '.', /The acknowledgment number is valid/],
      [4, 'seq 1:44', 5, 'seq 1:44', /44 is the number after the last byte[^]*bytes 1 to 43/],
      [5, 'ack 44', 4, 'ack 44', /end of packet \[#4\]/],
      [5, 'win 64', 0, 'win 64', /64 × 1024 = \*\*65 536 bytes\*\*[^]*offered by the server in packet \[#2\]/],
      [1, 'mss 65495', 0, 'mss 65495', /loopback interface of Linux/],
      [1, 'sackOK', 0, 'sackOK', /selective acknowledgments/],
      [2, 'TS val', 0, 'TS val 969252785 ecr 402753985', /clock of the server reads 969 252 785/],
      [2, 'nop', 0, 'nop', /filling between options/],
      [2, 'wscale 10', 0, 'wscale 10', /2\^10 = 1024/],
      [13, 'length 419', 0, 'length 419', /Payload length/],
      [13, 'RESP', 0, '', /judges by the port number/],
    ];
    for (const [line, text, offset, range, expected] of cases) {
      const found = await hover(document, at(document, line, text, offset));
      assert.match(found.text, expected, `line ${line}, ${text}`);
      if (range !== '') assert.equal(found.range, range);
    }
    assert.equal((await hover(document, at(document, 5, ' > ', 1))).text, '', 'nothing between tokens');
  });

  it('goes from an acknowledgment to its segment, and from a SYN/ACK to the SYN', async () => {
    const document = await open();
    const definition = (line: number, text: string, offset = 0): Promise<number[]> => lines('vscode.executeDefinitionProvider', document, at(document, line, text, offset));
    assert.deepEqual(await definition(5, 'ack 44'), [4]);
    assert.deepEqual(await definition(2, '[S.]', 1), [1]);
    assert.deepEqual(await definition(5, 'win 64'), [2], 'the SYN that announced the scale');
    assert.deepEqual(await definition(9, 'ecr', 2), [8], 'the segment whose timestamp is echoed');
    assert.deepEqual(await definition(4, 'seq 1:44'), [4], 'a first transmission is its own');
  });

  it('lists who acknowledged a segment, and the packets of a stream', async () => {
    const document = await open();
    const references = (line: number, text: string): Promise<number[]> => lines('vscode.executeReferenceProvider', document, at(document, line, text));
    assert.deepEqual(await references(4, 'seq 1:44'), [4, 5]);
    assert.deepEqual(await references(5, 'ack 44'), [4, 5]);
    assert.deepEqual(await references(22, '127.0.0.1.36458'), [22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);
  });
});
