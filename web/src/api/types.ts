import type { Schemas } from "sightline-client";

export type Picture = Schemas["ImageView"];
export type Page = Schemas["ImagePage"];
export type Album = Schemas["AlbumView"];
export type Usage = Schemas["UsageView"];
export type Month = Schemas["MonthView"];
export type LabelCount = Schemas["LabelView"];
export type Label = Schemas["Label"];
export type Box = Schemas["Box"];
export type Face = Schemas["Face"];
export type Rendition = Schemas["RenditionView"];
export type Failure = Schemas["FailureView"];
export type Feature = Schemas["Feature"];
export type Status = Schemas["Status"];
export type Ticket = Schemas["Ticket"];
export type MediaType = Schemas["TicketRequest"]["media_type"];

/** In the order in which people are asked. */
export const FEATURES: readonly Feature[] = ["labels", "text", "faces", "properties", "moderation"];
