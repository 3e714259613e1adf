import type { Schemas } from "sightline-client";

export type Picture = Schemas["ImageView"];
export type Page = Schemas["ImagePage"];
export type Album = Schemas["AlbumView"];
export type Usage = Schemas["UsageView"];
export type Month = Schemas["MonthlyUsageView"];
export type LabelCount = Schemas["LabelView"];
export type Label = Schemas["DetectedLabel"];
export type Box = Schemas["BoundingBox"];
export type Face = Schemas["DetectedFace"];
export type Rendition = Schemas["RenditionView"];
export type Failure = Schemas["FailureView"];
export type Feature = Schemas["Feature"];
export type Status = Schemas["Status"];
export type Ticket = Schemas["ImageUpload"];
export type MediaType = Schemas["ImageUploadRequest"]["media_type"];

/** In the order in which people are asked. */
export const FEATURES: readonly Feature[] = ["labels", "text", "faces", "properties", "moderation"];
