import { quoted } from './sources/source-option.ts';

interface Flags {
  /** Each with its value, where it was given. */
  readonly values: readonly (readonly [flag: string, value: string | undefined])[];
  readonly alone: readonly (readonly [flag: string, isGiven: boolean | undefined])[];
}

/** As they are typed. */
export function typedFlags({ values, alone }: Flags): string[] {
  return [
    ...values.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${quoted(value)}`])),
    ...alone.flatMap(([flag, isGiven]) => (isGiven === true ? [`--${flag}`] : [])),
  ];
}
