import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export {
  type JwtSigner,
  type SignedHeaders,
  type StandardSigner,
  signLiveKit,
  signPlugNmeet,
  signStandardWebhook,
  signVideoSdk,
} from '#simulation/signing.ts';

/** A key pair such as VideoSDK's; `publicKey` is PEM (SPKI). */
export type VideoSdkKeys = { readonly publicKey: string; readonly privateKey: KeyObject };

export function newVideoSdkKeys(): VideoSdkKeys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
}
