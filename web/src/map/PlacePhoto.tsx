import { useImage } from "../api/useImages";
import { Thumbnail } from "../gallery/Thumbnail";

interface Props {
  /** The id of the photo. */
  id: string;
  /** Width in CSS pixels. */
  width: number;
}

/** A photo of a place; an empty area until it is loaded, or if it is gone. */
export function PlacePhoto({ id, width }: Props) {
  const { summary } = useImage(id);
  return <span className="place-photo">{summary && <Thumbnail key={id} image={summary} width={width} alt="" />}</span>;
}
