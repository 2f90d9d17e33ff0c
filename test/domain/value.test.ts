import assert from 'node:assert/strict';
import test from 'node:test';
import { isObject, readPath } from '#domain/value.ts';

test('an object is neither a list nor nothing', () => {
  assert.equal(isObject({}), true);
  for (const other of [[], null, undefined, 'text', 1, true]) assert.equal(isObject(other), false);
});

test('a path is read through objects', () => {
  const root = { room: { metadata: { team: 'sales', size: 0, vip: false, tags: ['a'] } } };
  assert.equal(readPath(root, ['room', 'metadata', 'team']), 'sales');
  assert.equal(readPath(root, ['room', 'metadata', 'size']), 0);
  assert.equal(readPath(root, ['room', 'metadata', 'vip']), false);
  assert.deepEqual(readPath(root, ['room', 'metadata', 'tags']), ['a']);
});

test('a path that leads nowhere is missing', () => {
  const root = { room: { id: 'r1', tags: ['a'], empty: null } };
  for (const path of ['room.name', 'room.id.length', 'room.tags.0', 'room.empty', 'room.empty.x', 'nothing'])
    assert.equal(readPath(root, path.split('.')), undefined, path);
});

test('what every object inherits is missing', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
    assert.equal(readPath({ room: {} }, ['room', name]), undefined, name);
});

test('a field that a sender really calls constructor is read', () => {
  const root: unknown = JSON.parse('{"raw":{"constructor":"x","__proto__":"y"}}');
  assert.equal(readPath(root, ['raw', 'constructor']), 'x');
  assert.equal(readPath(root, ['raw', '__proto__']), 'y');
});
