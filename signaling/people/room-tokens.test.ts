import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { isAppError } from '../../platform/errors.ts';
import { onBothEngines } from './testing/engines.ts';
import type { Principal, Session } from './types.ts';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

onBothEngines('room tokens', (bench) => {
  let session: Session;
  let principal: Principal;
  beforeEach(async () => {
    const { people } = bench();
    const { organisationId } = await people.organisations.add({ name: 'Centre', kind: 'centre' });
    const { principalId } = await people.persons.add({
      username: 'a',
      name: 'A',
      organisationId,
      roles: ['dispatcher'],
      password: 'long enough',
      mustChangePassword: false,
    });
    const found = await people.directory.principal(principalId);
    assert.ok(found);
    principal = found;
    ({ session } = await people.sessions.begin(found));
  });

  const claims = (room = 'r1') => ({
    sub: principal.principalId,
    room,
    role: 'dispatcher' as const,
    org: principal.organisationId,
    name: principal.name,
    sources: ['voice' as const],
    sid: session.sid,
  });
  const sign = async (room?: string) => (await bench().people.tokens.sign(claims(room))).token;
  const refuses = (token: string, tokens = bench().people.tokens) =>
    assert.rejects(tokens.verify(token), (error) => isAppError(error, 'unauthenticated'));
  const seconds = () => Math.floor(bench().clock.now() / 1000);
  const payload = () => ({
    ...claims(),
    iss: 'goldenhour',
    aud: 'room',
    jti: 'j1',
    iat: seconds(),
    exp: seconds() + 300,
  });
  const current = () => bench().people.keys.current();

  it('come back as what was signed, for minutes', async () => {
    const { token, expiresAt } = await bench().people.tokens.sign(claims());
    const verified = await bench().people.tokens.verify(token);
    assert.equal(verified.room, 'r1');
    assert.deepEqual(verified.sources, ['voice']);
    assert.equal(expiresAt, (seconds() + 300) * 1000);
    assert.equal(jwt.decode(token, { complete: true })?.header.alg, 'ES256');
  });

  it('are refused when anything about the signature is not ours', async () => {
    const token = await sign();
    const [header = '', body = '', signature = ''] = token.split('.');
    const { kid, privateKey } = await current();
    const publicKey = await bench().people.keys.publicKey(kid);
    assert.ok(publicKey);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const hs256 = `${base64({ alg: 'HS256', typ: 'JWT', kid })}.${body}`;
    const mac = createHmac('sha256', pem).update(hs256).digest('base64url');
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const es256 = (key: KeyObject, keyid: string, more: object = {}) =>
      jwt.sign({ ...payload(), ...more }, key, { algorithm: 'ES256', keyid });
    const changed = base64({ ...payload(), room: 'r2' });
    const forged: Record<string, string> = {
      'alg none': `${base64({ alg: 'none', typ: 'JWT', kid })}.${body}.`,
      'alg none, capitals': `${base64({ alg: 'NONE', typ: 'JWT', kid })}.${body}.${signature}`,
      'HS256 with the public key': `${hs256}.${mac}`,
      'another key under our name': es256(foreign, kid),
      'an unknown name': es256(privateKey, 'unknown'),
      'a name of every object': es256(privateKey, 'constructor'),
      'no name': jwt.sign(payload(), privateKey, { algorithm: 'ES256' }),
      'a key in the header': jwt.sign(payload(), privateKey, {
        algorithm: 'ES256',
        keyid: kid,
        header: { alg: 'ES256', typ: 'JWT', kid, jku: 'https://evil.example/' },
      }),
      'another room in the body': `${header}.${changed}.${signature}`,
      'no signature': `${header}.${body}.`,
      'a changed signature': `${header}.${body}.${signature.slice(0, -4)}AAAA`,
      'no token': '',
      'two dots': '..',
      rubbish: 'a.b.c',
    };
    for (const [what, candidate] of Object.entries(forged)) {
      await assert.rejects(
        bench().people.tokens.verify(candidate),
        (error) => isAppError(error, 'unauthenticated'),
        what,
      );
    }
    await bench().people.tokens.verify(es256(privateKey, kid));
  });

  it('are refused when the claims are not exactly ours, though well signed', async () => {
    const { kid, privateKey } = await current();
    const { sid: _sid, ...withoutSid } = payload();
    const { exp: _exp, ...withoutEnd } = payload();
    const wrong: object[] = [
      { ...payload(), aud: 'page' },
      { ...payload(), aud: ['room', 'page'] },
      { ...payload(), iss: 'other' },
      { ...payload(), exp: seconds() - 1 },
      { ...payload(), nbf: seconds() + 60 },
      { ...payload(), role: 'king' },
      { ...payload(), extra: true },
      { ...payload(), room: '*' },
      { ...payload(), sid: 'another-session' },
      withoutSid,
      withoutEnd,
    ];
    for (const claimed of wrong) {
      await refuses(jwt.sign(claimed, privateKey, { algorithm: 'ES256', keyid: kid }));
    }
  });

  it('end with their time', async () => {
    const token = await sign();
    bench().clock.advance(299_000);
    await bench().people.tokens.verify(token);
    bench().clock.advance(1000);
    await refuses(token);
  });

  it('end with their session', async () => {
    const token = await sign();
    await bench().people.sessions.end(session.sid, 'signed-out');
    await refuses(token);
  });

  it('outlive a rotation of keys by their own time and no more', async () => {
    const { people, clock } = bench();
    const token = await sign();
    const { kid } = await current();
    await people.keys.rotate();
    assert.notEqual((await current()).kid, kid);
    await people.tokens.verify(token);
    clock.advance(311_000);
    assert.equal(await people.keys.publicKey(kid), undefined);
    await refuses(token);
  });

  it('are signed by a new key after a month', async () => {
    const { kid } = await current();
    bench().clock.advance(31 * 86_400_000);
    assert.notEqual((await current()).kid, kid);
  });

  it('signed in one process are good in another, whatever keys came meanwhile', async () => {
    const { people, another } = bench();
    const other = await another({ clock: bench().clock });
    await people.keys.rotate();
    bench().clock.advance(1500);
    const { session: mine, secret } = await people.sessions.begin(principal);
    await other.people.sessions.find(secret);
    const { token } = await people.tokens.sign({ ...claims(), sid: mine.sid });
    assert.equal((await other.people.tokens.verify(token)).sub, principal.principalId);
  });

  it('of a removed peer are refused here at once and elsewhere after the next look, for that room alone', async () => {
    const { people, another, clock } = bench();
    const { session: mine, secret } = await people.sessions.begin(principal);
    const other = await another();
    await other.people.sessions.find(secret);
    session = mine;
    const [here, elsewhere] = [await sign('r1'), await sign('r2')];
    const there = await other.people.tokens.verify(here);
    clock.advance(10);
    await people.tokens.revoke(principal.principalId, 'r1');
    await refuses(here);
    await people.tokens.verify(elsewhere);
    await other.people.changes.catchUp();
    assert.equal(other.people.tokens.isRevoked(there), true);
    await refuses(here, other.people.tokens);
    // The same person may ask anew, even within the same second.
    await people.tokens.verify(await sign('r1'));
    const third = await another();
    await third.people.sessions.find(secret);
    await refuses(here, third.people.tokens);
  });

  it('cannot be signed or read with another master key', async () => {
    await assert.rejects(bench().another({ masterKey: new Uint8Array(32).fill(1) }), (error) =>
      isAppError(error, 'unsealing-failed'),
    );
  });
});
