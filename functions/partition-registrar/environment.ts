import * as z from "zod/mini";
import { environmentOf, LOGGED, text } from "../shared/environment";

export const schema = z.object({ ...LOGGED, DATABASE_NAME: text });

export const environment = environmentOf(schema);
