import type { Artifact, Opened } from '#domain/artifact.ts';
import type { Logger } from '#runtime/logger.ts';
import { type Page, page } from './page.ts';
import type { LinkTokens } from './token.ts';

/** A click on an artifact link. */
export type Click = { readonly token: string; readonly method: string; readonly userAgent: string };

export type Answer = Page | { readonly status: 302; readonly location: string };

export type LinkOpener = {
  readonly tokens: LinkTokens;
  readonly find: (id: string) => Promise<Artifact | undefined>;
  /** Asks the artifact's source for an address that works now. */
  readonly open: (artifact: Artifact) => Promise<Opened>;
  readonly now: () => Date;
  readonly logger: Logger;
};

/** Programs that look at links in messages; they must not use up or fetch anything. Cubot is a maker of phones. */
const previewer =
  /(?<!\bcu)bot\b|preview|crawl|spider|slurp|facebookexternalhit|whatsapp|embedly|iframely|imgproxy|unfurl|headless|vkshare/i;

/** Answers a click: a redirect to a fresh address, or a plain page that says why not. */
export async function openLink(click: Click, opener: LinkOpener): Promise<Answer> {
  const read = opener.tokens.read(click.token, opener.now());
  if (read.kind === 'forged')
    return page(
      404,
      'This link is not valid',
      'It may have been copied only in part. Open it from the message again.',
    );
  if (read.kind === 'expired')
    return page(
      410,
      'This link has expired',
      'Links work for 30 days. The file may still be there: ask the people who run the meetings.',
    );
  let artifact: Artifact | undefined;
  try {
    artifact = await opener.find(read.artifactId);
  } catch (error) {
    opener.logger.error({ err: error, artifact: read.artifactId }, 'artifact link could not be looked up');
    return page(503, 'Callboard cannot look this up right now', 'Try again in a minute.');
  }
  if (artifact === undefined)
    return page(
      404,
      'This link leads nowhere any more',
      'We do not know this file. Ask the people who run the meetings.',
    );
  if (click.method === 'HEAD' || previewer.test(click.userAgent))
    return page(
      200,
      `A ${nouns[artifact.kind]} of a meeting`,
      'Open this link in a browser to get the file.',
    );
  const opened = await opener.open(artifact);
  opener.logger.info(
    { artifact: artifact.id, source: artifact.source, kind: artifact.kind, outcome: opened.kind },
    'artifact link opened',
  );
  if (opened.kind === 'open') return { status: 302, location: opened.url };
  opener.logger.warn(
    { artifact: artifact.id, source: artifact.source, reason: opened.reason },
    'artifact link could not be opened',
  );
  return opened.kind === 'gone'
    ? page(410, 'This file was deleted', 'The meeting platform does not have it any more.')
    : page(
        502,
        'The meeting platform does not answer',
        'The file is most likely still there. Try again in some minutes.',
      );
}

const nouns: Readonly<Record<Artifact['kind'], string>> = {
  recording: 'recording',
  hls: 'stream',
  transcript: 'transcript',
  summary: 'summary',
  analytics: 'report',
  images: 'set of pictures',
  other: 'file',
};
