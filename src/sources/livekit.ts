import { z } from 'zod';
import { readLiveKit } from './livekit-events.ts';
import { openLocation, rewriteSetting, s3Setting } from './livekit-files.ts';
import { readPayload } from './payload.ts';
import { keysSetting, objectionTo, signingKeys, tokenOf } from './signed-body-jwt.ts';
import type { SourceType } from './source.ts';
import { authentic, refused } from './verification.ts';

/** A reader waits for a click; longer than this nobody does. */
const callLimitMs = 10_000;

const settings = z.strictObject({
  keys: keysSetting,
  rewrite: rewriteSetting.optional(),
  s3: s3Setting.optional(),
  room_url: z.string().min(1).optional(),
});

export type LiveKitSettings = z.infer<typeof settings>;

/** LiveKit, self-hosted or Cloud: signed with an API key and secret; its files are addresses in the customer's storage. */
export const livekit: SourceType<LiveKitSettings> = {
  type: 'livekit',
  settings,
  open(name, { keys: secrets, rewrite = [], s3 }, tools) {
    const keys = signingKeys(secrets);
    const { fetch, now } = tools;
    const storage = { rewrite, s3, fetch, now, timeLimitMs: callLimitMs };
    return {
      name,
      type: 'livekit',
      verify(request, now) {
        const token = tokenOf(request.headers['authorization']);
        if (token === undefined) return refused('there is no token');
        const objection = objectionTo(token, request.body, keys, now);
        return objection === undefined ? authentic(request) : refused(objection);
      },
      read(request, now) {
        const payload = readPayload(request.body);
        if (payload.kind === 'unreadable') return payload;
        const { body } = request;
        return readLiveKit(payload.object, { source: name, body, pseudonym: tools.pseudonym, now });
      },
      opens: ['address'],
      open: (reference) => openLocation(reference, storage),
    };
  },
};
