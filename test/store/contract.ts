import { describe } from 'node:test';
import type { Store } from '#store/store.ts';
import { testArtifacts } from './contract-artifacts.ts';
import { testDeliveries } from './contract-deliveries.ts';
import { testFollowers } from './contract-followers.ts';
import { testHeld } from './contract-held.ts';
import { testHistory } from './contract-history.ts';
import { testInbox } from './contract-inbox.ts';
import { testKeys } from './contract-keys.ts';
import { testMemory } from './contract-memory.ts';
import { testOnceKeys } from './contract-once.ts';
import { testOrder } from './contract-order.ts';
import { testProcessing } from './contract-processing.ts';
import { testRules } from './contract-rules.ts';

/** Opens an empty store whose clock is `now`; disposing it leaves nothing behind. */
export type OpenEmpty = (options: { readonly now: () => Date }) => Promise<Store>;

/** What every engine must do, in sentences. */
export function testStore(engine: string, open: OpenEmpty): void {
  describe(`a store on ${engine}`, () => {
    testInbox(open);
    testProcessing(open);
    testDeliveries(open);
    testOrder(open);
    testHeld(open);
    testFollowers(open);
    testKeys(open);
    testMemory(open);
    testOnceKeys(open);
    testRules(open);
    testHistory(open);
    testArtifacts(open);
  });
}
