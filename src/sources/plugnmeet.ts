import { z } from 'zod';
import { readPayload } from './payload.ts';
import { readPlugNmeet } from './plugnmeet-events.ts';
import { openFile } from './plugnmeet-files.ts';
import { MetadataReader } from './plugnmeet-redaction.ts';
import { keysSetting, objectionTo, signingKeys, tokenOf } from './signed-body-jwt.ts';
import type { SourceType } from './source.ts';
import { isBaseAddress } from './storage-address.ts';
import { authentic, refused } from './verification.ts';

/** A reader waits for a click; longer than this nobody does. */
const callLimitMs = 10_000;

const settings = z.strictObject({
  url: z
    .string()
    .refine(isBaseAddress, 'must be the http(s) address of the server, such as https://meet.example.com')
    .describe('address of the plugNmeet server'),
  keys: keysSetting,
  room_url: z.string().min(1).optional(),
});

export type PlugNmeetSettings = z.infer<typeof settings>;

/** plugNmeet: signed with the API key and secret of the server; its files are opened through its API. */
export const plugnmeet: SourceType<PlugNmeetSettings> = {
  type: 'plugnmeet',
  settings,
  open(name, { url, keys: secrets }, tools) {
    const keys = signingKeys(secrets);
    const metadata = new MetadataReader();
    const [key = '', secret = ''] = Object.entries(secrets)[0] ?? [];
    const server = {
      url: url.replace(/\/+$/, ''),
      key,
      secret,
      fetch: tools.fetch,
      timeLimitMs: callLimitMs,
    };
    return {
      name,
      type: 'plugnmeet',
      verify(request, now) {
        // Many hosts drop or replace `authorization`, so the same token comes twice.
        const tokens = [tokenOf(request.headers['hash-token']), tokenOf(request.headers['authorization'])];
        let reason = 'there is no token';
        for (const token of new Set(tokens)) {
          if (token === undefined) continue;
          const objection = objectionTo(token, request.body, keys, now);
          if (objection === undefined) return authentic(request);
          reason = objection;
        }
        return refused(reason);
      },
      read(request, now) {
        const payload = readPayload(request.body);
        if (payload.kind === 'unreadable') return payload;
        return readPlugNmeet(payload.object, {
          source: name,
          body: request.body,
          pseudonym: tools.pseudonym,
          metadata,
          now,
        });
      },
      opens: ['recording', 'artifact'],
      open: (reference) => openFile(reference, server),
    };
  },
};
