import type { Cases } from "./case";
import { STORAGE } from "./storage";

/** Cases of every rule, by its path. */
export const CASES: Cases = { ...STORAGE };
