import * as z from 'zod';
import { isDay } from '../calendar-day.ts';
import { findingCodes } from '../findings/findings.ts';
import { nearest } from '../nearest.ts';
import type { StackProblem } from './stack-problem.ts';

/** Findings that do not count for a while; who reads the file learns why, and until when. */
export const ignoreSchema = z
  .strictObject({
    code: z.string().optional().describe('finding code; c2l explain lists them'),
    object: z
      .string()
      .regex(/^[A-Za-z]+\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected KIND/NAME, such as Secret/shop-secrets')
      .optional()
      .describe('KIND/NAME of the object that the finding is about'),
    namespace: z.string().min(1).optional().describe('default: every namespace'),
    key: z.string().min(1).optional().describe('one key of a Secret'),
    reason: z.string().min(1, 'expected some text').describe('why it may be ignored'),
    until: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day such as 2026-12-31')
      .describe('last day on which it is ignored, UTC'),
  })
  .describe('findings with this code, or about this object, do not count until then');

type IgnoreEntry = z.infer<typeof ignoreSchema>;

/** What the schema cannot say of entries of `ignore`. */
export function ignoreProblems(entries: readonly IgnoreEntry[]): StackProblem[] {
  return entries.flatMap(({ code, object, until }, index) => {
    const path = ['ignore', index];
    return [
      ...(code === undefined && object === undefined ? [{ path, message: 'needs a code, an object, or both' }] : []),
      ...(code === undefined ? [] : codeProblems(code, [...path, 'code'])),
      ...(isDay(until) ? [] : [{ path: [...path, 'until'], message: `${until} is no day of the calendar` }]),
    ];
  });
}

function codeProblems(code: string, path: StackProblem['path']): StackProblem[] {
  if (code === 'unreadable') {
    return [{ path, message: 'what could not be read cannot be ignored: nobody knows what it hides' }];
  }
  if (Object.hasOwn(findingCodes, code)) return [];
  const near = nearest(code, Object.keys(findingCodes));
  return [{ path, message: `no finding has the code ${code}${near === undefined ? '' : `; did you mean ${near}?`}` }];
}
