// Reads, changes and lists an image, and creates an upload, with the client that openapi-generator
// writes in Go.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	sightline "example.com/sightline"
)

func main() {
	configuration := sightline.NewConfiguration()
	configuration.Servers = sightline.ServerConfigurations{{URL: os.Getenv("API")}}
	client := sightline.NewAPIClient(configuration)
	token := os.Getenv("TOKEN")
	ctx := context.WithValue(context.Background(), sightline.ContextAccessToken, token)
	id := os.Getenv("IMAGE_ID")
	images, albums := client.ImagesAPI, client.AlbumsAPI

	image, _, err := images.GetImage(ctx, id).Execute()
	succeed(err)
	check(image.Status == sightline.READY, "the image is ready")
	check(!image.Capture.Get().TakenAt.IsSet() || image.Capture.Get().TakenAt.Get() == nil, "no instant")
	check(image.Capture.Get().GetTakenAtLocal() == "2026-06-21T21:14:08", "the local time")

	labels := sightline.NewImageChanges()
	labels.SetLabelsAdded([]string{"Holiday"})
	_, _, err = images.UpdateImage(ctx, id).ImageChanges(*labels).Execute()
	succeed(err)
	title := sightline.NewImageChanges()
	title.SetTitle("The beach")
	changed, _, err := images.UpdateImage(ctx, id).ImageChanges(*title).Execute()
	succeed(err)
	check(reflect.DeepEqual(changed.LabelsAdded, []string{"Holiday"}), "a new title keeps the labels")
	found, _, err := images.ListImages(ctx).Label([]string{"Holiday"}).Execute()
	succeed(err)
	check(len(found.Items) == 1, "the image is found by its label")

	request := sightline.NewImageUploadRequest("image/jpeg", 3_000_000, strings.Repeat("0", 64))
	upload, _, err := images.CreateImage(ctx).ImageUploadRequest(*request).IdempotencyKey(id).Execute()
	succeed(err)
	repeated, response, err := images.CreateImage(ctx).ImageUploadRequest(*request).IdempotencyKey(id).Execute()
	succeed(err)
	check(upload.Image.Id == repeated.Image.Id, "the upload is created once")
	check(response.Header.Get("Idempotent-Replayed") == "true", "the response is a repeated one")
	_, err = images.DeleteImage(ctx, upload.Image.Id).Execute()
	succeed(err)

	album, _, err := albums.CreateAlbum(ctx).AlbumRequest(*sightline.NewAlbumRequest("Summer")).Execute()
	succeed(err)
	batch := sightline.NewAlbumAddition([]string{id})
	outcomes, _, err := albums.AddToAlbum(ctx, album.Id).AlbumAddition(*batch).Execute()
	succeed(err)
	check(outcomes.Items[0].Status == 204, "the image is added to the album")
	_, err = albums.DeleteAlbum(ctx, album.Id).Execute()
	succeed(err)

	export, _, err := client.AccountAPI.ExportAccount(ctx).Execute()
	succeed(err)
	lines, err := io.ReadAll(export)
	succeed(err)
	check(strings.Contains(string(lines), `"kind":"end"`), "the export is complete")
	_, response, err = images.GetImage(ctx, upload.Image.Id).Execute()
	check(response.StatusCode == 404, "a deleted image is not found")
	problem := err.(*sightline.GenericOpenAPIError).Model().(sightline.ProblemBody)
	check(problem.Code == "image_not_found", "the problem has a code")
	fmt.Println("done")
}

func succeed(err error) {
	if err != nil {
		panic(err)
	}
}

func check(condition bool, message string) {
	if !condition {
		panic(message)
	}
}
