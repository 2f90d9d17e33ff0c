import { verify } from 'node:crypto';
import { z } from 'zod';
import { readPayload } from './payload.ts';
import type { SourceType } from './source.ts';
import { authentic, refused, unavailable } from './verification.ts';
import { readVideoSdk } from './videosdk-events.ts';
import { apiSetting, openable, openVideoSdkFile, storageSetting } from './videosdk-files.ts';
import { configuredKey, publishedKey, rsaPublicKey } from './videosdk-keys.ts';

/** A reader waits for a click; longer than this nobody does. */
const callLimitMs = 5_000;

const settings = z.strictObject({
  public_key: z
    .string()
    .refine((pem) => rsaPublicKey(pem) !== undefined, 'is not an RSA public key in PEM form')
    .optional()
    .describe('PEM of the key that VideoSDK signs with; fetched from VideoSDK where it is not given'),
  ignore: z
    .array(z.string().min(1))
    .optional()
    .describe('ids of participants that are no people; VideoSDK does not tell them apart'),
  api: apiSetting.optional(),
  storage: storageSetting.optional(),
  room_url: z.string().min(1).optional(),
});

export type VideoSdkSettings = z.infer<typeof settings>;

/** VideoSDK: signed with one RSA key for all customers; its files are addresses. */
export const videosdk: SourceType<VideoSdkSettings> = {
  type: 'videosdk',
  settings,
  open(name, { public_key: pem, ignore = [], api, storage }, tools) {
    const configured = pem === undefined ? undefined : rsaPublicKey(pem);
    const keyring = configured === undefined ? publishedKey(tools.fetch) : configuredKey(configured);
    const files = { api, storage, fetch: tools.fetch, now: tools.now, timeLimitMs: callLimitMs };
    return {
      name,
      type: 'videosdk',
      async verify(request, now) {
        // A header that was sent twice comes joined by commas, which base64 has none of.
        const [header = ''] = request.headers['videosdk-signature']?.split(',') ?? [];
        const signature = Buffer.from(header.trim(), 'base64');
        if (signature.length === 0) return refused('there is no signature');
        const answer = await keyring((key) => verify('RSA-SHA256', request.body, key, signature), now);
        if (answer.kind === 'yes') return authentic(request);
        return answer.kind === 'no'
          ? refused('the signature does not fit the key')
          : unavailable(answer.reason);
      },
      read(request, now) {
        const payload = readPayload(request.body);
        if (payload.kind === 'unreadable') return payload;
        const { body } = request;
        const { pseudonym } = tools;
        return readVideoSdk(payload.object, { source: name, body, pseudonym, now }, ignore);
      },
      opens: openable(files),
      open: (reference) => openVideoSdkFile(reference, files),
    };
  },
};
