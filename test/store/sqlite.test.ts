import { openStore } from '#store/index.ts';
import { temporaryStore } from '#test/stores.ts';
import { testStore } from './contract.ts';

testStore('a SQLite file', (options) => temporaryStore(options));
testStore('SQLite in memory', (options) => openStore('sqlite::memory:', options));
