import assert from 'node:assert/strict';
import { homeOf, parseRoute, reviewPath, safeNext, watchPath } from './route.ts';
import { belongsToControl } from './shortcuts.ts';
import { resolveTheme } from './theme.ts';

describe('Addresses', () => {
  it('lead to their pages', () => {
    assert.deepEqual(parseRoute('/', '', ''), { page: 'sign-in' });
    assert.deepEqual(parseRoute('/rooms/', '', ''), { page: 'rooms' });
    assert.deepEqual(parseRoute('/ambulance/r-1', '', ''), { page: 'ambulance', roomId: 'r-1' });
    assert.deepEqual(parseRoute('/consult/r_2', '', ''), { page: 'consult', roomId: 'r_2' });
    assert.equal(watchPath('r_2'), '/consult/r_2?watch');
    assert.deepEqual(parseRoute('/consult/r_2', '?watch', ''), {
      page: 'consult',
      roomId: 'r_2',
      watch: true,
    });
    assert.deepEqual(parseRoute('/dispatch', '', ''), { page: 'dispatch' });
    assert.deepEqual(parseRoute('/dispatch/r_4', '', ''), { page: 'dispatch', roomId: 'r_4' });
    assert.deepEqual(parseRoute('/review', '', ''), { page: 'review' });
    assert.deepEqual(parseRoute('/audit', '', ''), { page: 'audit' });
    assert.deepEqual(parseRoute('/review/r_3', '?t=73500', ''), {
      page: 'review',
      recordingId: 'r_3',
      at: 73500,
    });
    assert.deepEqual(parseRoute('/review/r_3', '?t=-1', ''), { page: 'review', recordingId: 'r_3' });
    assert.equal(reviewPath('r_3', 73_500.4), '/review/r_3?t=73500');
    assert.deepEqual(parseRoute('/join', '', '#abc'), { page: 'join', secret: 'abc' });
    assert.deepEqual(parseRoute('/enrol', '', '#AB123456'), { page: 'enrol', code: 'AB123456' });
  });

  it('that name nothing are not found', () => {
    for (const path of ['/nowhere', '/consult/a/b', '/consult/..%2f', '/rooms/x', '/consult/-x']) {
      assert.equal(parseRoute(path, '', '').page, 'not-found', path);
    }
  });

  it('of other sites never follow a sign-in', () => {
    assert.equal(safeNext('/consult/r1'), '/consult/r1');
    assert.equal(safeNext('/dispatch/r1'), '/dispatch/r1');
    assert.equal(safeNext('/review/r1?t=1200'), '/review/r1?t=1200');
    for (const bad of [
      'https://evil.example',
      '//evil.example',
      '/rooms/../..//evil',
      '/rooms?x=//e',
      '/review/r1?t=1//e',
      'javascript:x',
    ]) {
      assert.equal(safeNext(bad), undefined, bad);
    }
    assert.deepEqual(parseRoute('/', '?next=%2Frooms', ''), { page: 'sign-in', next: '/rooms' });
  });

  it('of the first page fit who signed in', () => {
    assert.equal(homeOf({ kind: 'person' }), '/rooms');
    assert.equal(homeOf({ kind: 'device' }), '/unit');
    assert.equal(homeOf({ kind: 'device', roles: ['wearer'] }), '/glasses');
    assert.equal(homeOf({ kind: 'guest', roomId: 'r9' }), '/consult/r9');
    assert.equal(homeOf({ kind: 'person', roles: ['reviewer', 'auditor'] }), '/review');
    assert.equal(homeOf({ kind: 'person', roles: ['admin', 'auditor'] }), '/audit');
    assert.equal(homeOf({ kind: 'person', roles: ['coordinator', 'reviewer'] }), '/rooms');
  });
});

describe('Single-key shortcuts', () => {
  const on = (tagName: string, isContentEditable = false) => ({ tagName, isContentEditable });
  it('stay out of what has the focus', () => {
    assert.equal(belongsToControl(on('INPUT'), 'm'), true);
    assert.equal(belongsToControl(on('DIV', true), 'm'), true);
    assert.equal(belongsToControl(on('BUTTON'), ' '), true);
    assert.equal(belongsToControl(on('BUTTON'), 'm'), false);
    assert.equal(belongsToControl(on('BODY'), 'ArrowLeft'), false);
  });
});

describe('Light and dark', () => {
  it('follow the person first and the system second', () => {
    assert.equal(resolveTheme('system', true), 'light');
    assert.equal(resolveTheme('system', false), 'dark');
    assert.equal(resolveTheme('dark', true), 'dark');
  });
});
