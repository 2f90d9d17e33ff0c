import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';

const cookieName = 'callboard_admin';

/**
 * Lets an operator in: with the admin token as bearer, as cookie, or once as `?token=`, which becomes the cookie. Without a configured
 * token only from this machine: peer and Host are loopback and nothing forwarded the request.
 */
export function adminGuard(adminToken: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (isOperator(request, adminToken)) {
      next();
      return;
    }
    const given =
      adminToken === undefined
        ? undefined
        : new URL(request.originalUrl, 'http://localhost').searchParams.get('token');
    if (adminToken !== undefined && given !== null && given !== undefined && isSame(given, adminToken)) {
      const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
      response.setHeader(
        'set-cookie',
        `${cookieName}=${cookieValue(adminToken)}; HttpOnly; SameSite=Lax; Path=/${secure}`,
      );
      response.redirect(302, request.baseUrl || '/preview');
      return;
    }
    response
      .status(401)
      .type('text/plain')
      .send(
        'This page is for operators: open it with ?token= and the ADMIN_TOKEN, or on this machine when none is set.\n',
      );
  };
}

/** Whether a request may see what only operators may. */
export function isOperator(request: Request, adminToken: string | undefined): boolean {
  if (adminToken === undefined) return isLocal(request);
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined && isSame(bearer, adminToken)) return true;
  const cookie = new RegExp(`(?:^|; *)${cookieName}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
  return cookie !== undefined && isSame(cookie, cookieValue(adminToken));
}

const forwarding = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'];

/** nginx, told no more than where to pass requests, adds no header and names us as the host; but then it speaks HTTP/1.0. */
function isForwarded({ headers, httpVersion }: Request): boolean {
  const names = Object.keys(headers);
  return (
    httpVersion === '1.0' ||
    names.some((name) => forwarding.includes(name) || name.startsWith('x-forwarded-'))
  );
}

function isLocal(request: Request): boolean {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const isLoopbackPeer = peer === '::1' || peer.startsWith('127.');
  const isLoopbackHost = host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
  return isLoopbackPeer && isLoopbackHost && !isForwarded(request);
}

/** The cookie holds a hash, so the token itself is not kept in a browser. */
function cookieValue(adminToken: string): string {
  return createHash('sha256').update(`callboard cookie ${adminToken}`).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other));
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
