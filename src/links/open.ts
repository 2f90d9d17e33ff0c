import type { Artifact, LinkClick, Opened } from '#domain/artifact.ts';
import { cut, httpAddress, oneLine } from '#domain/text.ts';
import type { Logger } from '#runtime/logger.ts';
import * as pages from './page.ts';
import { readerAddress } from './reader.ts';
import type { LinkTokens } from './token.ts';

/** A click on an artifact link; `address` is the other end of the connection, `forwardedFor` the header of proxies. */
export type Click = {
  readonly token: string;
  readonly method: string;
  readonly userAgent: string;
  readonly address?: string | undefined;
  readonly forwardedFor?: string | undefined;
};

export type Answer = pages.Page | { readonly status: 302; readonly location: string };

export type ClickLog = {
  /** Keeps the click with its file. */
  readonly record: (click: LinkClick) => Promise<void>;
  /** Replaces the address of a reader by a text that stays the same and tells nothing. */
  readonly pseudonym: (text: string) => string;
};

export type LinkOpener = {
  readonly tokens: LinkTokens;
  readonly find: (id: string) => Promise<Artifact | undefined>;
  /** Asks the artifact's source for an address that works now. */
  readonly open: (artifact: Artifact) => Promise<Opened>;
  /** Where clicks are kept; nowhere where not given. */
  readonly clicks?: ClickLog | undefined;
  readonly now: () => Date;
  readonly logger: Logger;
};

/** Programs that look at links in messages; they must not use up or fetch anything. Cubot is a maker of phones. */
const previewer =
  /(?<!\bcu)bot\b|preview|crawl|spider|slurp|facebookexternalhit|whatsapp|embedly|iframely|imgproxy|unfurl|headless|vkshare/i;

const userAgentBudget = 200;

/** Answers a click: a redirect to a fresh address, or a plain page that says why not. Never rejects. */
export async function openLink(click: Click, opener: LinkOpener): Promise<Answer> {
  const read = opener.tokens.read(click.token, opener.now());
  if (read.kind === 'forged') return pages.forged;
  const isReader = click.method !== 'HEAD' && !previewer.test(click.userAgent);
  const record = (outcome: LinkClick['outcome'], reason?: string) =>
    isReader
      ? keep({ artifactId: read.artifactId, outcome, ...(reason && { reason }) }, click, opener)
      : undefined;
  if (read.kind === 'expired') {
    await record('expired');
    return pages.expired;
  }
  let artifact: Artifact | undefined;
  try {
    artifact = await opener.find(read.artifactId);
  } catch (error) {
    opener.logger.error({ err: error, artifact: read.artifactId }, 'artifact link could not be looked up');
    return pages.notLookedUp;
  }
  if (artifact === undefined) return pages.unknown;
  if (artifact.revocation !== undefined) {
    await record('revoked');
    return pages.revoked;
  }
  if (!isReader) return pages.preview(artifact.kind);
  const opened = await freshAddress(artifact, opener);
  const { id, source, kind } = artifact;
  if (opened.kind === 'open') {
    await record('open');
    opener.logger.info({ artifact: id, source, kind }, 'artifact link opened');
    return { status: 302, location: opened.url };
  }
  await record(opened.kind, opened.reason);
  opener.logger.warn(
    { artifact: id, source, kind, outcome: opened.kind, reason: opened.reason },
    'artifact link could not be opened',
  );
  return pages.closed[opened.kind];
}

/** Only ever an http(s) address: a source's mistake must not lead a reader anywhere else. */
async function freshAddress(artifact: Artifact, opener: LinkOpener): Promise<Opened> {
  try {
    const opened = await opener.open(artifact);
    if (opened.kind !== 'open') return opened;
    const url = httpAddress(opened.url);
    return url === undefined
      ? { kind: 'unavailable', reason: 'the source gave no http(s) address' }
      : { kind: 'open', url };
  } catch (error) {
    opener.logger.error({ err: error, artifact: artifact.id }, 'a source failed to open a file');
    return { kind: 'unavailable', reason: 'the source failed' };
  }
}

type Outcome = Pick<LinkClick, 'artifactId' | 'outcome' | 'reason'>;

/** A reader gets the file also when the click cannot be written. */
async function keep(
  outcome: Outcome,
  { userAgent, address, forwardedFor }: Click,
  { clicks, now, logger }: LinkOpener,
): Promise<void> {
  if (clicks === undefined) return;
  const reader = readerAddress(address, forwardedFor);
  const click = {
    ...outcome,
    at: now().toISOString(),
    userAgent: cut(oneLine(userAgent), userAgentBudget),
    ...(reader && { reader: clicks.pseudonym(`reader ${reader}`) }),
  };
  try {
    await clicks.record(click);
  } catch (error) {
    logger.error({ err: error, click }, 'a click on an artifact link could not be kept');
  }
}
