import * as z from "zod/mini";
import { environmentOf, LOGGED, text } from "../shared/environment";

export const schema = z.object({ ...LOGGED, ARTIFACTS_BUCKET: text });

export const environment = environmentOf(schema);
