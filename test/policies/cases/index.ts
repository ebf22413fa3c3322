import { ANALYTICS } from "./analytics";
import { APIS } from "./apis";
import type { Cases } from "./case";
import { COMPUTE } from "./compute";
import { CROSS } from "./cross";
import { GRAPHQL } from "./graphql";
import { IDENTITY } from "./identity";
import { DATABASES } from "./databases";
import { MESSAGES } from "./messages";
import { MIGRATIONS } from "./migrations";
import { NETWORKS } from "./networks";
import { STORAGE } from "./storage";
import { TABLES } from "./tables";
import { TRANSFERS } from "./transfers";

/** Cases of every rule, by its path. */
export const CASES: Cases = {
  ...ANALYTICS,
  ...APIS,
  ...COMPUTE,
  ...CROSS,
  ...DATABASES,
  ...GRAPHQL,
  ...IDENTITY,
  ...MESSAGES,
  ...MIGRATIONS,
  ...NETWORKS,
  ...STORAGE,
  ...TABLES,
  ...TRANSFERS,
};
