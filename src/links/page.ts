import type { Artifact, Opened } from '#domain/artifact.ts';

/** A plain page for a reader. Never cached, never framed, loads nothing. */
export type Page = { readonly status: number; readonly html: string };

const askPeople = 'Ask the people who run the meetings.';

export const forged = page(
  404,
  'This link is not valid',
  'It may have been copied only in part. Open it from the message again.',
);
export const expired = page(
  410,
  'This link has expired',
  `Links to files stop working after a while. The file may still be there. ${askPeople}`,
);
export const revoked = page(410, 'This link was revoked', `The file is no longer shared here. ${askPeople}`);
export const unknown = page(
  404,
  'This link leads nowhere any more',
  `We do not know this file. ${askPeople}`,
);
export const notLookedUp = page(503, 'Callboard cannot look this up right now', 'Try again in a minute.');

/** Why a file did not open. */
export const closed: Readonly<Record<Exclude<Opened['kind'], 'open'>, Page>> = {
  gone: page(410, 'This file was deleted', `The meeting platform does not have it any more. ${askPeople}`),
  ended: page(
    410,
    'This file can no longer be opened from here',
    `The meeting platform let it be opened for some days only, and they are over. ${askPeople}`,
  ),
  pending: page(
    503,
    'This file is not ready yet',
    'The meeting platform is still working on it. Try again in some minutes.',
  ),
  unavailable: page(
    502,
    'The meeting platform does not answer',
    'The file is most likely still there. Try again in some minutes.',
  ),
};

const nouns: Readonly<Record<Artifact['kind'], string>> = {
  recording: 'recording',
  hls: 'stream',
  transcript: 'transcript',
  summary: 'summary',
  analytics: 'report',
  images: 'set of pictures',
  other: 'file',
};

/** For programs that look at links in messages. */
export function preview(kind: Artifact['kind']): Page {
  return page(200, `A ${nouns[kind]} of a meeting`, 'Open this link in a browser to get the file.');
}

/** Both texts are ours: no value from outside may be handed in. */
function page(status: number, title: string, text: string): Page {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
  h1 { font-size: 1.4rem; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
  return { status, html };
}
