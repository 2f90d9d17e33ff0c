import { z } from 'zod';
import type { Outcome } from '#domain/delivery.ts';
import type { Edited, Found } from './destination.ts';

const coded = z.object({ code: z.string() });

/** The error and what caused it, outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && chain.length < 5; ) {
    chain.push(link);
    link = link instanceof Error ? link.cause : undefined;
  }
  return chain;
}

function codesOf(error: unknown): string[] {
  return chainOf(error).flatMap((link) => {
    const parsed = coded.safeParse(link);
    return parsed.success ? [parsed.data.code] : [];
  });
}

/** No connection came about, so nothing can have been applied. */
const unconnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** The code of a failure that happened before anything was sent; undefined for every other error. */
function unsentCode(error: unknown): string | undefined {
  return codesOf(error).find((code) => unconnected.has(code));
}

/** Whether `fetch` itself declined the address: a redirect, or a port it never talks to. */
function isAddressProblem(error: unknown): boolean {
  return chainOf(error).some((link) => link instanceof Error && /redirect|bad port/i.test(link.message));
}

const addresses = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;
const tokens = /\b(?:xox[a-z]-|xapp-|Bot |Bearer )\S+/g;
const longestDescription = 160;

/** Class and message of an error in one short line; addresses and tokens are left out. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `unknown error: ${typeof error}`;
  const cause = chainOf(error).findLast((link) => link instanceof Error);
  const said = cause instanceof Error ? cause.message : '';
  const words = withoutSecrets(said).replaceAll(/\s+/g, ' ').trim();
  const code = codesOf(error).at(-1);
  const detail = [code, words].filter((part) => part !== undefined && part !== '' && part !== error.name);
  return [error.name, ...detail].join(': ').slice(0, longestDescription);
}

/** The text without addresses and tokens. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(addresses, '[address]').replaceAll(tokens, '[token]');
}

/** What an error came to that is no answer of the platform: not applied where that is certain, else `unknown`. */
export function failureOutcome(platform: 'Slack' | 'Discord', error: unknown): Outcome {
  const unsent = unsentCode(error);
  if (unsent !== undefined) return { kind: 'later', reason: `${platform}: ${unsent} — it cannot be reached` };
  if (isAddressProblem(error)) {
    const reason = `${platform}: the address redirects or is not allowed — check the configured address`;
    return { kind: 'refused', scope: 'destination', reason };
  }
  return { kind: 'unknown', reason: `${platform}: no clear answer — ${describeFailure(error)}` };
}

/**
 * What the edit of a message came to that stands in another channel than the destination's own of today: that this channel refuses us says
 * nothing about the destination, only that the message is out of reach.
 */
export function editedElsewhere(edited: Edited): Edited {
  const isRefused = edited.kind === 'refused' && edited.scope === 'destination';
  return isRefused ? { kind: 'gone', reason: edited.reason } : edited;
}

/** What a look-up came to that failed with `outcome`: where it is refused for good, nobody can tell; anything else may pass. */
export function failedLookUp(outcome: Outcome, cannotTell: Found): Found {
  const isForGood = outcome.kind === 'refused' && outcome.scope !== 'credential';
  if (isForGood || outcome.kind === 'sent') return cannotTell;
  const reason = `the look-up failed: ${outcome.reason}`;
  return { kind: 'later', reason, afterMs: outcome.kind === 'later' ? outcome.afterMs : undefined };
}
