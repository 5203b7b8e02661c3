// put BASE_URL KEY SECRET FILE [CONNECTIONS]: sends a PUT for each line of FILE (a path, a tab, a body) by libcurl's multi
// interface, so many at a time, and prints how many were answered with 200. The floor: it signs with PLAINTEXT, decides nothing,
// looks into no answer and stores nothing.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *base, *key, *secret;
static char *line;
static size_t room, answered;
static FILE *file;

static size_t ignore(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

/// Gives a handle the next line to send. Returns 0 at the end of the file.
static int next(CURL *easy, struct curl_slist **headers) {
    static unsigned long number;
    static long started;
    // One timestamp for all: with several requests under way at once, a later one may arrive first, and then the earlier is refused.
    if (!started) started = (long)time(NULL);
    if (getline(&line, &room, file) < 0) return 0;
    char *body = strchr(line, '\t'), *end = strchr(line, '\n');
    if (!body || !end) exit(65);
    *body++ = *end = 0;
    char url[1024], authorization[1024];
    snprintf(url, sizeof url, "%s%s", base, line);
    snprintf(
        authorization, sizeof authorization,
        "Authorization: OAuth realm=\"\",oauth_consumer_key=\"%s\",oauth_token=\"\",oauth_nonce=\"%ld-%lu\",oauth_timestamp=\"%ld\","
        "oauth_signature_method=\"PLAINTEXT\",oauth_version=\"1.0\",oauth_signature=\"%s%%26\"",
        key, started, number++, started, secret);
    curl_slist_free_all(*headers);
    *headers = curl_slist_append(NULL, authorization);
    *headers = curl_slist_append(*headers, "Content-Type: application/json");
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, headers);
    return 1;
}

int main(int count, char **arguments) {
    if (count < 5) return 64;
    base = arguments[1], key = arguments[2], secret = arguments[3];
    file = fopen(arguments[4], "r");
    if (!file) return 66;
    int connections = count > 5 ? atoi(arguments[5]) : 4, running = 0;
    struct curl_slist *headers[64] = {0};
    if (connections < 1 || connections > 64) return 64;
    CURLM *multi = curl_multi_init();
    for (int i = 0; i < connections; i++) {
        CURL *easy = curl_easy_init();
        if (next(easy, &headers[i])) curl_multi_add_handle(multi, easy);
    }
    do {
        curl_multi_perform(multi, &running);
        CURLMsg *message;
        int left;
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *easy = message->easy_handle;
            struct curl_slist **own;
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, &own);
            answered += message->data.result == CURLE_OK && status == 200;
            curl_multi_remove_handle(multi, easy);
            if (next(easy, own)) {
                curl_multi_add_handle(multi, easy);
                running = 1;
            }
        }
        if (running) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    } while (running);
    printf("%zu\n", answered);
    return 0;
}
