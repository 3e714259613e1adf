function handler(event) {
    var request = event.request;
    var name = request.uri.substring(request.uri.lastIndexOf('/') + 1);
    if (name.indexOf('.') === -1) {
        request.uri = '/index.html';
    }
    return request;
}
