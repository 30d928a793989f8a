import assert from 'node:assert/strict';
import { AudioTime } from './audio-time.ts';

describe('The audio clock against the clock of the page', () => {
  it('knows nothing before the first reading', () => {
    assert.equal(new AudioTime().at(1000), undefined);
  });

  it('is not moved by the blocks in which the hardware counts', () => {
    const time = new AudioTime();
    // A clock that runs 400 ms behind and is seen in blocks of 23 ms.
    for (let page = 1000; page < 4000; page += 97) {
      time.add({ context: (Math.floor((page - 400) / 23) * 23) / 1000, page });
    }
    const at = time.at(5000) ?? 0;
    assert.ok(Math.abs(at * 1000 - 4600) <= 12, `${at}`);
  });

  it('follows a slow drift', () => {
    const time = new AudioTime();
    for (let page = 0; page <= 600_000; page += 100) time.add({ context: (page * 1.0002) / 1000, page });
    assert.ok(Math.abs((time.at(600_000) ?? 0) * 1000 - 600_120) < 1);
  });

  it('begins anew where the audio clock stood still', () => {
    const time = new AudioTime();
    for (let page = 0; page < 3000; page += 100) time.add({ context: page / 1000, page });
    time.add({ context: 3, page: 13_000 });
    assert.equal(time.at(13_000), 3);
  });
});
