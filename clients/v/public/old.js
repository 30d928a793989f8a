// biome-ignore-all lint: ECMAScript 5, as engines of 2012 read it; a test parses it.
// biome-ignore-all format: a comma behind the last argument is newer than these engines.
/*
 * For engines that cannot run the page itself: no modules, or a script that failed. ECMAScript 5 and nothing newer, sent
 * as it stands. It opens the link after a tap, shows what to do in words, and for arrest a light at 110 a minute. It also
 * keeps a tap that comes before the page is ready: it stands in the head and runs before the key can be painted, so that no
 * tap is lost on a slow link. It steps back as soon as the page runs (data-page="new").
 */
(function () {
  'use strict';
  var WAIT_MS = 5000;
  var PERIOD_MS = 60000 / 110;
  var root = document.documentElement;
  var words = {
    zh: {
      opening: '正在打开…',
      offline: '连接不上，正在再试。请和 120 通话，照他们说的做。',
      unknown: '这个链接不能用。请拨打 120。',
      ended: '这个链接已结束。如果还需要帮助，请拨打 ',
      call: '拨打 ',
      old: '这部手机的浏览器太旧，不能传画面。请照下面做，并和急救中心通话。',
      stop: '病人动了或有呼吸',
      stopped: '已停止。请在电话里告诉急救中心，让病人侧躺，看着呼吸。',
      again: '又没有呼吸了：继续按压',
      push: '按',
      need: {
        arrest: [
          '让病人平躺在硬的地方。跪在胸旁。',
          '双手掌根叠放在胸口正中，手臂伸直。',
          '跟着灯光用力快压，每分钟 110 次，深 5 到 6 厘米。每次让胸口完全回弹，不要停。',
        ],
        choking: [
          '让他用力咳。',
          '咳不出来：在两肩胛之间用力拍 5 下。',
          '还不行：从背后抱住，在肚脐上方向里向上猛推 5 下。交替做。失去反应：听 120 的。',
        ],
        bleeding: [
          '用干净的布直接压住伤口，用力，不要松开。',
          '血渗出来：再加一层，压得更重。',
          '手脚大出血压不住：听 120 的，扎止血带。',
        ],
        birth: [
          '让产妇躺下或半躺，不要拉婴儿。',
          '婴儿出来后马上擦干，放在母亲胸前，盖好。',
          '不要剪脐带。听 120 的。',
        ],
        other: ['留在病人身边。', '照 120 说的做。', '不要给吃的喝的。情况变了马上告诉 120。'],
      },
    },
    en: {
      opening: 'Opening…',
      offline: 'No connection, trying again. Stay on the phone with 120 and do what they say.',
      unknown: 'This link does not work. Call 120.',
      ended: 'This link has ended. If you still need help, call ',
      call: 'Call ',
      old: 'The browser of this phone is too old to film. Do as below and stay on the phone.',
      stop: 'Moves or breathes',
      stopped:
        'Stopped. Tell the emergency centre on the phone. Roll them onto their side and watch the breathing.',
      again: 'Not breathing again: push on',
      push: 'Push',
      need: {
        arrest: [
          'Lay them flat on something hard. Kneel beside the chest.',
          'Heel of one hand on the middle of the chest, the other hand on top, arms straight.',
          'Push hard and fast with the light, 110 a minute, 5 to 6 cm deep. Let the chest come up each time. Do not stop.',
        ],
        choking: [
          'Let them cough hard.',
          'If that fails: 5 hard slaps between the shoulder blades.',
          'If that fails: from behind, 5 hard thrusts inward and upward above the navel. Take turns. No response: listen to 120.',
        ],
        bleeding: [
          'Press a clean cloth right onto the wound, hard, without letting go.',
          'Blood comes through: add another and press harder.',
          'An arm or leg that does not stop bleeding: 120 tells you how to tie it off.',
        ],
        birth: [
          'Let the mother lie or lean back. Do not pull the baby.',
          'Dry the baby at once, lay it on the mother’s chest and cover both.',
          'Do not cut the cord. Listen to 120.',
        ],
        other: [
          'Stay with the patient.',
          'Do what 120 says.',
          'Give nothing to eat or drink. Tell 120 at once when anything changes.',
        ],
      },
    },
  };
  var name = String(navigator.language || navigator.userLanguage || 'zh').toLowerCase();
  var language = name.indexOf('zh') === 0 ? 'zh' : 'en';
  var phone = '120';
  var show = null;
  var ticking = null;
  var failed = false;

  function taken() {
    return root.getAttribute('data-page') === 'new';
  }
  function add(to, tag, text, className) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.appendChild(document.createTextNode(text));
    to.appendChild(element);
    return element;
  }
  function clear() {
    if (ticking) clearTimeout(ticking);
    ticking = null;
    var app = document.getElementById('app');
    app.innerHTML = '';
    root.setAttribute('lang', language === 'zh' ? 'zh-CN' : 'en');
    var main = add(app, 'main', '', 'tap');
    var other = add(main, 'button', language === 'zh' ? 'English' : '中文', 'key small');
    other.setAttribute('type', 'button');
    other.onclick = function () {
      language = language === 'zh' ? 'en' : 'zh';
      show();
    };
    return main;
  }
  function callKey(main, number) {
    var key = add(main, 'a', words[language].call + number, 'key call');
    key.setAttribute('href', 'tel:' + number.replace(/[^\d+*#]/g, ''));
  }
  function say(what, number) {
    show = function () {
      var main = clear();
      var text = add(main, 'p', words[language][what] + (number || ''));
      text.setAttribute('role', 'alert');
      callKey(main, number || phone);
    };
    show();
  }
  function beat(main, on, toggle) {
    var say = words[language];
    if (!on) {
      add(main, 'p', say.stopped);
      var again = add(main, 'button', say.again, 'key stop big');
      again.setAttribute('type', 'button');
      again.onclick = toggle;
      return;
    }
    var light = add(main, 'div', '', 'light');
    light.setAttribute('aria-hidden', 'true');
    add(light, 'p', say.push, 'push');
    var start = new Date().getTime();
    var count = 0;
    // Each beat is counted from the first, so that late timers never add up.
    var next = function () {
      light.setAttribute('data-lit', '');
      if (navigator.vibrate) navigator.vibrate(45);
      setTimeout(function () {
        light.removeAttribute('data-lit');
      }, 170);
      var now = new Date().getTime();
      count = Math.floor((now - start) / PERIOD_MS) + 1;
      ticking = setTimeout(next, Math.max(0, start + count * PERIOD_MS - now));
    };
    next();
    var stop = add(main, 'button', say.stop, 'key stop big');
    stop.setAttribute('type', 'button');
    stop.onclick = toggle;
  }
  function help(page) {
    var on = page.need === 'arrest';
    phone = page.emergencyPhone || phone;
    var toggle = function () {
      on = !on;
      show();
    };
    show = function () {
      var main = clear();
      var say = words[language];
      if (page.place && page.place.text) add(main, 'p', page.place.text);
      if (page.need === 'arrest') beat(main, on, toggle);
      var list = add(main, 'ol', '', 'steps');
      var steps = say.need[page.need] || say.need.other;
      for (var i = 0; i < steps.length; i += 1) add(list, 'li', steps[i].replace(/120/g, phone));
      add(main, 'p', say.old);
      callKey(main, phone);
    };
    show();
  }
  function answered(request) {
    var value = null;
    try {
      value = JSON.parse(request.responseText);
    } catch (noJson) {
      // A portal of a hotel or a carrier answered in place of the door.
      value = null;
    }
    if (request.status === 200 && value && value.need) return help(value);
    if (value && value.details && value.details.emergencyPhone) phone = value.details.emergencyPhone;
    if (value && value.code === 'closed') return say('ended', phone);
    if (
      request.status === 404 ||
      (value && /^(not-found|bad-request)$/.test(value.code))
    )
      return say('unknown');
    retry();
  }
  function retry() {
    say('offline');
    setTimeout(open, 3000);
  }
  function open() {
    var fragment = String(location.hash || '').replace(/^#/, '');
    var place = fragment.indexOf('p.') === 0;
    var secret = place ? fragment.slice(2) : fragment;
    if (!/^[A-Za-z0-9_-]{22,64}$/.test(secret)) return say('unknown');
    var body = { secret: secret, language: language === 'zh' ? 'zh-CN' : 'en' };
    if (!place) body.browser = 'old engine, no camera';
    var request = new XMLHttpRequest();
    request.open('POST', place ? '/api/place/open' : '/api/link/open');
    request.setRequestHeader('Content-Type', 'application/json');
    request.onreadystatechange = function () {
      if (request.readyState !== 4) return;
      if (request.status === 0) retry();
      else answered(request);
    };
    request.send(JSON.stringify(body));
  }
  function takeOver() {
    if (taken() || root.getAttribute('data-page') === 'old') return;
    root.setAttribute('data-page', 'old');
    say('opening');
    open();
  }
  function tapped() {
    if (taken()) return;
    root.setAttribute('data-tapped', '');
    if (failed || !('noModule' in document.createElement('script'))) return takeOver();
    // The page may still be on its way over a slow link; it finds the mark of the tap and goes on from there.
    setTimeout(takeOver, WAIT_MS);
  }
  // A module that cannot be loaded or run tells so here alone; without it only this script is left.
  window.addEventListener(
    'error',
    function () {
      failed = true;
      if (root.hasAttribute('data-tapped')) takeOver();
    },
    true
  );
  document.onclick = function (event) {
    var at = event.target;
    while (at && at.id !== 'tap') at = at.parentNode;
    if (at) tapped();
  };
})();
