/** Light or dark: what was chosen on this device, else what the system prefers. */
import { effect, signal } from '@preact/signals';
import { readPreference, writePreference } from '../storage/preferences.ts';

export type Theme = 'system' | 'light' | 'dark';

function firstTheme(): Theme {
  const chosen = readPreference('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export const theme = signal<Theme>(firstTheme());

export function setTheme(next: Theme): void {
  theme.value = next;
  writePreference('theme', next);
}

/** Which scheme is drawn. An ambulance page left on "system" is dark at night by the system's own schedule. */
export function resolveTheme(chosen: Theme, systemIsLight: boolean): 'light' | 'dark' {
  if (chosen !== 'system') return chosen;
  return systemIsLight ? 'light' : 'dark';
}

/** Keeps `<html data-theme>` right. Returns the function that stops it. */
export function followTheme(): () => void {
  const system = matchMedia('(prefers-color-scheme: light)');
  const systemIsLight = signal(system.matches);
  const onChange = () => {
    systemIsLight.value = system.matches;
  };
  system.addEventListener('change', onChange);
  const stop = effect(() => {
    document.documentElement.dataset.theme = resolveTheme(theme.value, systemIsLight.value);
  });
  return () => {
    stop();
    system.removeEventListener('change', onChange);
  };
}
