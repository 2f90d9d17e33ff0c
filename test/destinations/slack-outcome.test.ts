import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { slackOutcome, slackWebhookOutcome } from '#destinations/slack-outcome.ts';
import type { Outcome } from '#domain/delivery.ts';

const platform = (error: string, more: object = {}) => new WebAPIPlatformError({ ok: false, error, ...more });
const listOf = (words: string) => words.trim().split(/\s+/);

function verdictOf(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused ${outcome.scope}` : outcome.kind;
}

/** Milliseconds of silence on the lane; `none` where only the message waits. */
function pauseOf(outcome: Outcome): number | 'none' | undefined {
  return outcome.kind === 'later' && outcome.pausesLane === true ? outcome.afterMs : 'none';
}

const http = (status: number, body: unknown) =>
  verdictOf(slackOutcome(new WebAPIHTTPError(status, '', {}, body), 0));
const network = (cause: Error) => verdictOf(slackOutcome(new WebAPIRequestError(cause), 0));
const fetchFailed = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('down'), { code }) });
const answer = (status: number, text: string, retryAfter: string | null = null) =>
  slackWebhookOutcome({ status, text, retryAfter }, 0);

const codes: Readonly<Record<string, readonly string[]>> = {
  'refused destination': listOf(`channel_not_found not_in_channel is_archived messages_tab_disabled
    cannot_reply_to_message ekm_access_denied is_inactive restricted_action restricted_action_read_only_channel
    restricted_action_thread_only_channel restricted_action_non_threadable_channel restricted_action_thread_locked
    slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_lists_sharing_blocked team_not_found no_permission access_denied`),
  'refused credential': listOf(`invalid_auth not_authed account_inactive token_revoked token_expired
    not_allowed_token_type missing_scope app_access_restricted team_access_not_granted two_factor_setup_required
    accesslimited is_bot enterprise_is_restricted`),
  'refused message': listOf(`invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text
    too_many_attachments invalid_attachments attachment_payload_limit_exceeded markdown_text_conflict
    invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app
    invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type
    missing_post_type too_many_contact_cards missing_file_data draft_not_found as_user_not_supported
    send_on_behalf_not_allowed unknown_method method_deprecated deprecated_endpoint`),
  later:
    listOf(`ratelimited rate_limited service_unavailable external_channel_migrating message_limit_exceeded
    team_added_to_org org_login_required`),
  unknown: listOf(`internal_error fatal_error request_timeout duplicate_channel_not_found
    duplicate_message_not_found`),
};

for (const [verdict, words] of Object.entries(codes)) {
  test(`Slack's codes of the group "${verdict}"`, () => {
    assert.ok(words.length > 0);
    for (const code of words) {
      const outcome = slackOutcome(platform(code), 0);
      assert.equal(verdictOf(outcome), verdict, code);
      assert.ok(outcome.kind !== 'sent' && outcome.reason.startsWith(`Slack: ${code} — `), code);
    }
  });
}

const pauses = (code: string) => pauseOf(slackOutcome(platform(code), 0)) !== 'none';

test('a limit that names the workspace or the method pauses the lane, other temporary codes do not', () => {
  assert.deepEqual(
    listOf('ratelimited rate_limited team_added_to_org org_login_required').filter((c) => !pauses(c)),
    [],
  );
  assert.deepEqual(
    listOf('service_unavailable external_channel_migrating message_limit_exceeded').filter(pauses),
    [],
  );
});

test('an operator reads what is missing', () => {
  const scope = slackOutcome(platform('missing_scope', { needed: 'chat:write', provided: 'commands' }), 0);
  assert.deepEqual(scope, {
    kind: 'refused',
    scope: 'credential',
    reason: 'Slack: missing_scope — the app lacks a scope (needed: chat:write)',
  });
  const blocks = slackOutcome(
    platform('invalid_blocks', { errors: ['too long [json-pointer:/blocks/0]'] }),
    0,
  );
  assert.ok(blocks.kind === 'refused' && blocks.reason.endsWith('(too long [json-pointer:/blocks/0])'));
});

test('an unknown code is temporary for three minutes and then the fault of the message', () => {
  assert.equal(verdictOf(slackOutcome(platform('brand_new_code'), 0)), 'later');
  assert.equal(verdictOf(slackOutcome(platform('brand_new_code'), 179_999)), 'later');
  assert.equal(verdictOf(slackOutcome(platform('brand_new_code'), 180_000)), 'refused message');
});

test('an answer that is not from Slack is ambiguous', () => {
  for (const error of ['', '<html>We are sorry</html>', '{"ok":tr', 'Two Words', 'x']) {
    assert.equal(verdictOf(slackOutcome(platform(error), 0)), 'unknown', error);
  }
});

test('a 429 pauses the lane for as long as it says, and for a floor otherwise', () => {
  assert.equal(pauseOf(slackOutcome(new WebAPIRateLimitedError(7), 0)), 7000);
  assert.equal(pauseOf(slackOutcome(new WebAPIRateLimitedError(0), 0)), 1000);
  const silent = new Error('Retry header did not contain a valid timeout (url: …)');
  assert.equal(pauseOf(slackOutcome(silent, 0)), 30_000);
});

test('an HTTP error is decided by its code, and ambiguous without one', () => {
  assert.equal(http(503, '{"ok":false,"error":"service_unavailable"}'), 'later');
  assert.equal(http(500, '{"ok":false,"error":"fatal_error"}'), 'unknown');
  assert.equal(http(401, '{"ok":false,"error":"invalid_auth"}'), 'refused credential');
  assert.equal(http(500, '{"ok":false,"error":"brand_new_code"}'), 'unknown');
  assert.equal(http(502, '<html></html>'), 'unknown');
  assert.equal(http(403, '<html></html>'), 'unknown');
  assert.equal(http(404, ''), 'unknown');
});

test('what never left us is sent later, what was cut off is ambiguous', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
    assert.equal(network(fetchFailed(code)), 'later', code);
  }
  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']) {
    assert.equal(network(fetchFailed(code)), 'unknown', code);
  }
  assert.equal(network(new DOMException('timed out', 'TimeoutError')), 'unknown');
  const redirect = new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
  assert.equal(network(redirect), 'refused destination');
  const port = new TypeError('fetch failed', { cause: new Error('bad port') });
  assert.equal(network(port), 'refused destination');
});

test('any other exception is ambiguous, and its reason holds neither address nor token', () => {
  assert.equal(
    verdictOf(slackOutcome(new DOMException('The operation was aborted', 'TimeoutError'), 0)),
    'unknown',
  );
  assert.equal(verdictOf(slackOutcome('thrown text', 0)), 'unknown');
  const told = slackOutcome(
    new TypeError(
      'call of https://hooks.slack.com/services/T0/B0/secret with "Bearer xoxb-1-secret" failed: xoxb-2-secret',
    ),
    0,
  );
  assert.ok(told.kind === 'unknown' && told.reason.startsWith('Slack: no clear answer — TypeError: '));
  assert.doesNotMatch(told.kind === 'unknown' ? told.reason : '', /secret|hooks\.slack/);
});

const words: Readonly<Record<string, readonly string[]>> = {
  'refused message': listOf('invalid_payload no_text too_many_attachments'),
  'refused destination':
    listOf(`action_prohibited invalid_token channel_not_found user_not_found no_service no_team
    no_active_hooks channel_is_archived posting_to_general_channel_denied team_disabled`),
};

test('an incoming webhook goes by the word, whatever the status', () => {
  for (const [verdict, list] of Object.entries(words)) {
    for (const text of list) {
      for (const status of [400, 403, 404, 410]) {
        const outcome = slackWebhookOutcome({ status, retryAfter: null, text }, 0);
        assert.equal(verdictOf(outcome), verdict, `${status} ${text}`);
      }
    }
  }
});

test('an incoming webhook is sent only on the word ok', () => {
  assert.deepEqual(answer(200, 'ok'), { kind: 'sent', receipt: {} });
  assert.equal(answer(200, '<html></html>').kind, 'unknown');
  assert.equal(answer(200, '').kind, 'unknown');
  assert.equal(answer(500, 'internal_error').kind, 'unknown');
  assert.equal(answer(502, '<html></html>').kind, 'unknown');
  assert.equal(answer(400, 'brand_new_word').kind, 'later');
  assert.deepEqual(pauseOf(answer(429, 'rate_limited', '3')), 3000);
  assert.deepEqual(pauseOf(answer(429, 'rate_limited', '0')), 1000);
  assert.deepEqual(pauseOf(answer(429, '<html></html>')), 30_000);
});
