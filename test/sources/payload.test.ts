import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { embeddedObject, readPayload } from '#sources/payload.ts';

function read(text: string | Buffer) {
  const payload = readPayload(Buffer.from(text));
  return payload.kind === 'object' ? payload.object : payload.reason;
}

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
}

describe('the payload of a webhook', () => {
  test('must be a JSON object in UTF-8', () => {
    assert.equal(read(''), 'the body is not JSON');
    assert.equal(read('{"a":1'), 'the body is not JSON');
    for (const text of ['[]', 'null', '"text"', '5'])
      assert.equal(read(text), 'the body is not a JSON object');
    assert.equal(read(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), 'the body is not UTF-8');
    assert.deepEqual(read(Buffer.from('\ufeff{"a":1}')), { a: 1 });
  });

  test('is nested less than 64 levels deep', () => {
    assert.equal(typeof read(nested(63)), 'object');
    assert.equal(read(nested(64)), 'the body is nested too deeply');
    assert.equal(read(nested(300_000)), 'the body is nested too deeply');
    assert.equal(read(`{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`), 'the body is nested too deeply');
  });

  test('keeps no null, no infinity and no half of a surrogate pair', () => {
    const text = String.raw`{"a":null,"b":[1,null,2],"c":1e999,"d":"x\ud800y","\udc00":1,"e":{"f":null}}`;
    assert.deepEqual(read(text), { b: [1, 2], d: 'x\ufffdy', '\ufffd': 1, e: {} });
  });

  test('pollutes no prototype', () => {
    const text =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":5,"b":1}}';
    const object = read(text);
    assert.deepEqual(object, { a: { b: 1 } });
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    assert.equal('polluted' in {}, false);
  });

  test('may hold objects in its texts', () => {
    assert.deepEqual(embeddedObject(' {"a":null,"__proto__":1,"b":2}'), { b: 2 });
    for (const text of ['', 'plain', '[1]', '"{}"', '{broken', nested(100)]) {
      assert.equal(embeddedObject(text), undefined, text.slice(0, 20));
    }
  });
});
