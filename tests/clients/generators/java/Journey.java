import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AccountApi;
import org.openapitools.client.api.AlbumsApi;
import org.openapitools.client.api.ImagesApi;
import org.openapitools.client.model.AlbumAddition;
import org.openapitools.client.model.AlbumRequest;
import org.openapitools.client.model.ImageChanges;
import org.openapitools.client.model.ImageUploadRequest;
import org.openapitools.client.model.Status;

/** Reads, changes and lists an image, and creates an upload, with the generated client. */
public class Journey {
  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("API"));
    String header = "Bearer " + System.getenv("TOKEN");
    client.setRequestInterceptor((HttpRequest.Builder request) -> request.header("Authorization", header));
    ImagesApi images = new ImagesApi(client);
    AlbumsApi albums = new AlbumsApi(client);
    String id = System.getenv("IMAGE_ID");

    var image = images.getImage(id, null);
    check(image.getStatus() == Status.READY, "the image is ready");
    check(image.getCapture().getTakenAt() == null, "the instant of capture is unknown");
    check("2026-06-21T21:14:08".equals(image.getCapture().getTakenAtLocal()), "the local time");

    images.updateImage(id, new ImageChanges().labelsAdded(List.of("Holiday")), null);
    var changed = images.updateImage(id, new ImageChanges().title("The beach"), null);
    check(changed.getLabelsAdded().equals(List.of("Holiday")), "a new title keeps the labels");
    var labels = List.of("Holiday");
    var found =
        images.listImages(
            null, null, 10, null, null, null, labels, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null);
    check(found.getItems().size() == 1, "the image is found by its label");

    var request =
        new ImageUploadRequest()
            .mediaType(ImageUploadRequest.MediaTypeEnum.IMAGE_JPEG)
            .bytes(3_000_000L)
            .sha256("0".repeat(64));
    String key = UUID.randomUUID().toString();
    var upload = images.createImage(request, key);
    var repeated = images.createImage(request, key);
    check(upload.getImage().getId().equals(repeated.getImage().getId()), "the upload is created once");
    images.deleteImage(upload.getImage().getId(), null, null);

    var album = albums.createAlbum(new AlbumRequest().title("Summer"), null);
    var outcomes = albums.addToAlbum(album.getId(), new AlbumAddition().ids(List.of(id)), null);
    var outcome = outcomes.getItems().get(0);
    check(outcome.getStatus() == 204 && outcome.getProblem() == null, "the image is in the album");
    albums.deleteAlbum(album.getId(), null);

    String lines = Files.readString(new AccountApi(client).exportAccount(null).toPath());
    check(lines.contains("\"kind\":\"end\""), "the export is complete");
    try {
      images.getImage(upload.getImage().getId(), null);
      throw new AssertionError("the deleted image is still there");
    } catch (ApiException error) {
      check(error.getCode() == 404, "a deleted image is not found");
      check(error.getResponseBody().contains("image_not_found"), "the problem has a code");
    }
    System.out.println("done");
  }

  private static void check(boolean condition, String message) {
    if (!condition) throw new AssertionError(message);
  }
}
