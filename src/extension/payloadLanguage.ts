/** Requests and status lines of HTTP/1 (RFC 9112), and of protocols made after it. */
const HTTP = /^(?:[A-Z]{3,20} \S+ (?:HTTP|RTSP|ICY|SIP)\/\d|(?:HTTP|RTSP|SIP)\/\d(?:\.\d)? \d{3})/;

/** Languages that fit a payload, the best first; the caller takes the first that VS Code knows. */
export function payloadLanguage(text: string): readonly string[] {
  const start = text.slice(0, 4096).trimStart();
  if (HTTP.test(start)) return ['http', 'plaintext'];
  if (/^[[{]/.test(start) && isJson(text)) return ['json'];
  if (/^(?:\{.*\}\s*\n)+/.test(start)) return ['jsonl', 'json'];
  if (/^<\?xml/i.test(start)) return ['xml'];
  if (/^<!doctype html|^<html/i.test(start)) return ['html'];
  if (/^#!.*\b(?:ba|z|da)?sh\b/.test(start)) return ['shellscript'];
  if (/^(?:select|insert|update|delete|create|alter|drop|begin|set)\s/i.test(start)) return ['sql'];
  return ['plaintext'];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
