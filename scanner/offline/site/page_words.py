"""The reader page's own words, in every language of <image-scanner>; the element brings its words itself."""

__all__ = ["AUTO", "LANGUAGES", "WORDS"]

AUTO = "auto"
"""In the place of a language: each visitor's own, as far as the page has it, else English."""

# noscript: a browser without JavaScript. file: the page was opened by a double click. damage: scripts are missing.
# code, sheet: beside the printed QR code.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Image Scanner",
        "lead": "Point your camera at a picture, and this page tells you which one it is.",
        "private": "The camera’s picture stays on your device.",
        "gallery": "What this page recognises",
        "update": "A new version is ready.",
        "reload": "Reload",
        "unkept": "Not everything could be kept for visits without a network. The next visit tries again.",
        "noscript": "This page needs JavaScript.",
        "file": "This page was opened as a file. Browsers give the camera only to pages that a server sends over http "
        "or https. Run “phash-scanner serve DIR”, with this page’s folder as DIR, and open the address it "
        "prints.",
        "damage": "The scanner’s scripts did not arrive whole, or the browser is too old for them. Check the "
        "network: a hotel or a train may want you to log in first. Then reload this page, or open it in another "
        "browser.",
        "code": "Point your phone’s camera at this code and open the page.",
        "sheet": "Then point the camera at the picture.",
    },
    "ja": {
        "title": "イメージスキャナー",
        "lead": "カメラを絵に向けると、どの絵かをお答えします。",
        "private": "カメラの映像がこの端末から送信されることはありません。",
        "gallery": "認識できるもの",
        "update": "新しい版があります。",
        "reload": "更新",
        "unkept": "オフライン用の保存が完了しませんでした。次の訪問で再試行します。",
        "noscript": "このページには JavaScript が必要です。",
        "file": "このページはファイルとして開かれています。カメラは、http または https で配信されたページでのみ使えま"
        "す。このページのフォルダーを DIR として「phash-scanner serve DIR」を実行し、表示されたアドレスを開いてく"
        "ださい。",
        "damage": "スキャナーのスクリプトを正しく読み込めなかったか、ブラウザーが古すぎます。ネットワークへのログイン"
        "が必要かもしれません。接続を確認してから再読み込みするか、別のブラウザーで開いてください。",
        "code": "スマートフォンのカメラでこのコードを読み取り、ページを開いてください。",
        "sheet": "続いて、カメラを絵に向けてください。",
    },
    "de": {
        "title": "Bildscanner",
        "lead": "Richten Sie die Kamera auf ein Bild, und diese Seite sagt Ihnen, welches es ist.",
        "private": "Das Kamerabild bleibt auf Ihrem Gerät.",
        "gallery": "Was diese Seite erkennt",
        "update": "Eine neue Version ist da.",
        "reload": "Neu laden",
        "unkept": "Für Besuche ohne Netz konnte nicht alles gespeichert werden. Der nächste Besuch versucht es noch "
        "einmal.",
        "noscript": "Diese Seite braucht JavaScript.",
        "file": "Diese Seite wurde als Datei geöffnet. Browser geben die Kamera nur Seiten, die ein Server über http "
        "oder https sendet. Starten Sie „phash-scanner serve ORDNER“ mit dem Ordner dieser Seite, und öffnen Sie "
        "die Adresse, die dann erscheint.",
        "damage": "Die Skripte des Scanners sind nicht vollständig angekommen, oder der Browser ist zu alt dafür. "
        "Prüfen Sie das Netz: In Hotels und Zügen muss man sich oft erst anmelden. Laden Sie die Seite dann "
        "neu, oder öffnen Sie sie in einem anderen Browser.",
        "code": "Richten Sie die Kamera Ihres Telefons auf diesen Code und öffnen Sie die Seite.",
        "sheet": "Richten Sie die Kamera dann auf das Bild.",
    },
    "fr": {
        "title": "Scanner d’images",
        "lead": "Dirigez l’appareil photo vers une image, et cette page vous dit laquelle c’est.",
        "private": "Ce que voit l’appareil photo reste sur votre appareil.",
        "gallery": "Ce que cette page reconnaît",
        "update": "Une nouvelle version est prête.",
        "reload": "Recharger",
        "unkept": "Tout n’a pas pu être enregistré pour les visites hors ligne. La prochaine visite réessaiera.",
        "noscript": "Cette page a besoin de JavaScript.",
        "file": "Cette page a été ouverte comme un fichier. Les navigateurs ne donnent accès à l’appareil photo "
        "qu’aux pages envoyées par un serveur en http ou https. Lancez «\u00a0phash-scanner serve DOSSIER\u00a0» avec "
        "le dossier de cette page, puis ouvrez l’adresse affichée.",
        "damage": "Les scripts du scanner ne sont pas arrivés en entier, ou le navigateur est trop ancien. Vérifiez "
        "le réseau\u00a0: à l’hôtel ou dans le train, il faut parfois d’abord se connecter. Rechargez ensuite "
        "cette page, ou ouvrez-la dans un autre navigateur.",
        "code": "Dirigez l’appareil photo de votre téléphone vers ce code et ouvrez la page.",
        "sheet": "Dirigez-le ensuite vers l’image.",
    },
    "es": {
        "title": "Escáner de imágenes",
        "lead": "Apunte la cámara a una imagen y esta página le dirá cuál es.",
        "private": "Lo que ve la cámara no sale de su dispositivo.",
        "gallery": "Lo que reconoce esta página",
        "update": "Hay una nueva versión.",
        "reload": "Recargar",
        "unkept": "No se pudo guardar todo para las visitas sin conexión. La próxima visita lo intentará de nuevo.",
        "noscript": "Esta página necesita JavaScript.",
        "file": "Esta página se abrió como archivo. Los navegadores solo permiten usar la cámara en páginas que "
        "un servidor envía por http o https. Ejecute «phash-scanner serve CARPETA» con la carpeta de esta "
        "página y abra la dirección que aparece.",
        "damage": "Los scripts del escáner no llegaron completos o el navegador es demasiado antiguo. Compruebe la "
        "red: en un hotel o un tren puede que antes tenga que iniciar sesión. Después recargue esta página o "
        "ábrala en otro navegador.",
        "code": "Apunte la cámara de su teléfono a este código y abra la página.",
        "sheet": "Después, apunte la cámara a la imagen.",
    },
    "pt": {
        "title": "Scanner de imagens",
        "lead": "Aponte a câmera para uma imagem e esta página diz qual é.",
        "private": "O que a câmera vê não sai do seu aparelho.",
        "gallery": "O que esta página reconhece",
        "update": "Há uma nova versão.",
        "reload": "Recarregar",
        "unkept": "Nem tudo pôde ser guardado para visitas sem rede. A próxima visita tenta de novo.",
        "noscript": "Esta página precisa de JavaScript.",
        "file": "Esta página foi aberta como arquivo. Os navegadores só liberam a câmera para páginas que um "
        "servidor envia por http ou https. Execute “phash-scanner serve PASTA” com a pasta desta página e abra "
        "o endereço que aparece.",
        "damage": "Os scripts do scanner não chegaram inteiros, ou o navegador é antigo demais. Verifique a rede: em "
        "um hotel ou trem, talvez seja preciso entrar primeiro. Depois recarregue esta página ou abra-a em outro "
        "navegador.",
        "code": "Aponte a câmera do seu telefone para este código e abra a página.",
        "sheet": "Depois, aponte a câmera para a imagem.",
    },
    "it": {
        "title": "Scanner di immagini",
        "lead": "Inquadra un’immagine con la fotocamera e questa pagina ti dirà qual è.",
        "private": "Ciò che vede la fotocamera resta sul tuo dispositivo.",
        "gallery": "Che cosa riconosce questa pagina",
        "update": "È pronta una nuova versione.",
        "reload": "Ricarica",
        "unkept": "Non è stato possibile salvare tutto per le visite senza rete. La prossima visita riproverà.",
        "noscript": "Questa pagina richiede JavaScript.",
        "file": "Questa pagina è stata aperta come file. I browser concedono la fotocamera solo alle pagine inviate "
        "da un server tramite http o https. Esegui «phash-scanner serve CARTELLA» con la cartella di questa "
        "pagina e apri l’indirizzo che appare.",
        "damage": "Gli script dello scanner non sono arrivati per intero, oppure il browser è troppo vecchio. "
        "Controlla la rete: in albergo o in treno può servire prima un accesso. Poi ricarica questa pagina o "
        "aprila in un altro browser.",
        "code": "Inquadra questo codice con la fotocamera del telefono e apri la pagina.",
        "sheet": "Poi inquadra l’immagine.",
    },
    "ko": {
        "title": "이미지 스캐너",
        "lead": "카메라로 그림을 비추면 어떤 그림인지 알려 드립니다.",
        "private": "카메라 영상은 이 기기 밖으로 나가지 않습니다.",
        "gallery": "이 페이지가 알아보는 것",
        "update": "새 버전이 준비되었습니다.",
        "reload": "새로고침",
        "unkept": "오프라인용 파일을 모두 저장하지 못했습니다. 다음 방문 때 다시 시도합니다.",
        "noscript": "이 페이지에는 JavaScript가 필요합니다.",
        "file": "이 페이지는 파일로 열렸습니다. 브라우저는 서버가 http 또는 https로 보낸 페이지에서만 카메라를 허용합"
        "니다. 이 페이지의 폴더를 DIR로 하여 ‘phash-scanner serve DIR’을 실행하고, 표시되는 주소를 여세요.",
        "damage": "스캐너의 스크립트를 온전히 받지 못했거나 브라우저가 너무 오래되었습니다. 호텔이나 기차에서는 먼저 "
        "로그인해야 할 수 있으니 네트워크를 확인하세요. 그런 다음 새로고침하거나 다른 브라우저로 여세요.",
        "code": "휴대전화 카메라로 이 코드를 비추어 페이지를 여세요.",
        "sheet": "그런 다음 카메라로 그림을 비추세요.",
    },
    "zh-Hans": {
        "title": "图片扫描器",
        "lead": "将相机对准图片，本页会告诉您是哪一张。",
        "private": "相机画面不会离开您的设备。",
        "gallery": "本页能识别的图片",
        "update": "新版本已就绪。",
        "reload": "重新加载",
        "unkept": "离线所需的文件未能全部保存。下次访问时会重试。",
        "noscript": "本页需要 JavaScript。",
        "file": "本页是作为文件打开的。浏览器只允许由服务器通过 http 或 https 发送的网页使用相机。请以本页所在的文件夹"
        "为 DIR 运行“phash-scanner serve DIR”，然后打开显示的地址。",
        "damage": "扫描器的脚本未能完整载入，或者浏览器版本过旧。请检查网络：酒店或火车上的网络可能需要先登录。然后重"
        "新加载本页，或用其他浏览器打开。",
        "code": "请用手机相机扫描此二维码并打开网页。",
        "sheet": "然后将相机对准图片。",
    },
    "zh-Hant": {
        "title": "圖片掃描器",
        "lead": "將相機對準圖片，本頁會告訴您是哪一張。",
        "private": "相機畫面不會離開您的裝置。",
        "gallery": "本頁能辨識的圖片",
        "update": "新版本已就緒。",
        "reload": "重新載入",
        "unkept": "離線所需的檔案未能全部儲存。下次造訪時會再試一次。",
        "noscript": "本頁需要 JavaScript。",
        "file": "本頁是以檔案方式開啟的。瀏覽器只允許由伺服器透過 http 或 https 傳送的網頁使用相機。請以本頁所在的資料"
        "夾為 DIR 執行「phash-scanner serve DIR」，然後開啟顯示的網址。",
        "damage": "掃描器的指令碼未能完整載入，或瀏覽器版本過舊。請檢查網路：飯店或火車上的網路可能需要先登入。然後重"
        "新載入本頁，或用其他瀏覽器開啟。",
        "code": "請用手機相機掃描此 QR 碼並開啟網頁。",
        "sheet": "然後將相機對準圖片。",
    },
}

LANGUAGES = tuple(WORDS)
