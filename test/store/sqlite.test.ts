import { temporaryStore } from '#test/stores.ts';
import { testStore } from './contract.ts';

testStore('SQLite', temporaryStore);
